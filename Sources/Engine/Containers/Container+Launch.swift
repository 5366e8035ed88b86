import Backend
import Cgroups
import ContainerRuntime
import ContainerSetup
import ImageStore
import LinuxKit
import Networking
import OCI
import Reconciler
import ShimProtocol
import StackModel
import VolumeStore

extension Container {
  /// Starts it as a person would, with `pre_start` before and `post_start` after; one that runs is fine.
  ///
  /// Hooks are given up when the task is cancelled; what is between them is done to its end.
  func start(_ emit: @escaping Emit = { _ in }) async throws {
    guard running == nil else { return }
    try await engine.runInitSteps(for: self, emit)
    try await shielded { try await self.engine.containerGate.alone(on: self.id) { try await self.startAlone() } }
    try await runPostStart(emit)
  }

  /// `start` for a caller that is in the gate already. `attach` gets the standard streams before the first output.
  func startAlone(attach: (@Sendable (Shim) async throws -> Void)? = nil) async throws {
    pendingRestart?.cancel()
    pendingRestart = nil
    guard running == nil else { return }
    guard record.state != .dead else {
      throw EngineError(
        .conflict, subject: spec.service.rawValue, "the container \(spec.name) cannot be started: its files are gone", hint: "run up again")
    }
    record.wasStopped = false
    record.restart = RestartMachine()
    record.remark = nil
    try await launch(attach: attach)
  }

  /// Makes network, cgroup and namespaces, runs the program, and watches it. On failure everything is given back.
  func launch(attach: (@Sendable (Shim) async throws -> Void)? = nil) async throws {
    try await engine.aloneInNetwork(of: self) { try await self.launchAlone(attach: attach) }
    if spec.options.ownsNetwork { await engine.restartLeftBehind(by: self) }
  }

  private func launchAlone(attach: (@Sendable (Shim) async throws -> Void)?) async throws {
    guard let image = await engine.images.resolve(record.imageID.description) else {
      throw EngineError(
        .notFound, subject: spec.service.rawValue, "the image \(spec.image) of the container \(spec.name) is gone", hint: "run up again")
    }
    try await prepareVolumes()
    await noteContents()
    var launched: Launch.Result?
    var regained: RegainedNetwork?
    var endpoints: [Endpoint] = []
    var isTold = false
    do {
      hasHealthcheck = ResolvedHealthcheck(spec, image.config) != nil
      if spec.options.ownsNetwork { regained = try await regainNetwork() }
      endpoints = try await traced("reserve addresses") { try await reserveEndpoints() }
      linkedAddresses = await currentLinks(endpoints)
      let result = try await Launch(
        engine: engine, id: id, spec: mountedSpec, image: image.config, imageID: record.imageID.description, root: root(image),
        volumes: volumePaths(),
        images: try await imageMounts(), endpoints: endpoints,
        regained: regained?.entrance, links: linkedAddresses
      ).begin()
      launched = result
      warnings = result.warnings
      record.ports = try await traced("publish names and ports") { try await publish(endpoints, regained) }
      try await attach?(result.shim)
      tell("connect", await networks(of: endpoints))
      tellVolumes("mount")
      isTold = true
      try await checkMounts()
      try await traced("run program") { try await result.shim.start() }
      record.endpoints = endpoints
      record.networkOwner = result.networkOwner
      running = Running(shim: result.shim, cgroup: result.cgroup, since: .now)
      record.state = .running
      record.startedAt = WallClock.nanoseconds()
      watch(result.shim, image: image)
      await traced("write record") { if let regained { await settleRegained(regained) } else { await persistOrTell() } }
      announce(.started)
      await traced("refresh links") { await engine.refreshLinks(to: spec) }
    } catch {
      await launched?.shim.discard()
      if let regained { await giveBack(regained) } else { await engine.networking.withdraw(id) }
      await removeGroup(launched?.cgroup)
      if isTold {
        tell("disconnect", await networks(of: endpoints))
        tellVolumes("unmount")
      }
      if let failure = error as? SetupFailure {
        record.exitCode = failure.exitCode
        await persistOrTell()
      }
      throw startError(error, spec: spec)
    }
  }

  var files: ContainerFiles { ContainerFiles(location: engine.location, id: id) }

  func root(_ image: Image) -> OverlayRoot {
    OverlayRoot(
      directory: engine.images.layersDirectory, lower: image.layers + [engine.images.baseLayer], upper: files.upper, work: files.work)
  }

  /// Where the volumes of its mounts are, by target.
  func volumePaths() -> [String: String] {
    var paths = record.anonymousVolumes.mapValues { engine.volumes.path(of: $0) }
    for mount in mountedSpec.options.mounts {
      if case .volume(let name) = mount.source { paths[mount.target] = engine.volumes.path(of: name) }
    }
    return paths
  }

  /// Watches for the end, and probes the health when there is a check.
  func watch(_ shim: Shim, image: Image) {
    running?.watch = Task {
      var status = await shim.exitStatus()
      // A shim that vanished may have left its record.
      if status == .killedWithShim(at: status.at), let recorded = readExitRecord(files.exitRecord) { status = recorded }
      if !Task.isCancelled { await self.ended(status) }
    }
    beginHealth(shim, image: image)
  }

  func reserveEndpoints() async throws -> [Endpoint] {
    guard case .bridges(let attachments) = spec.options.network, !attachments.isEmpty else { return [] }
    return try await engine.networking.reserve(id, name: spec.name, attachments: attachments)
  }

  /// Gives the container its names and ports on its networks; returns the ports with the host's numbers.
  private func publish(_ endpoints: [Endpoint], _ regained: RegainedNetwork?) async throws -> [PortMapping] {
    guard !endpoints.isEmpty else { return [] }
    if let regained {
      await engine.networking.setNames(names(endpoints), insteadOf: regained.holder.id)
    } else {
      await engine.networking.setNames(names(endpoints))
    }
    guard regained != nil || !spec.options.ports.isEmpty else { return [] }
    // A port chosen at the first start is kept.
    let wanted = record.ports.count == spec.options.ports.count ? record.ports : await engine.boundPorts(of: spec)
    await engine.giveUpKept(wanted, group: portGroup)
    // What was published meanwhile stays so at every moment.
    if regained != nil { return try await engine.networking.republish(id, ports: wanted, endpoints: endpoints, group: portGroup) }
    return try await engine.networking.publish(id, ports: wanted, endpoints: endpoints, group: portGroup)
  }
}

/// An error of any layer in the words of the service.
func startError(_ error: any Error, spec: ContainerSpec) -> any Error {
  switch error {
  case is EngineError, is CancellationError: error
  case let error as PortConflict: EngineError(.conflict, subject: spec.service.rawValue, error.description)
  case let error as NetworkingError: EngineError(.conflict, subject: spec.service.rawValue, error.description)
  case let error as SetupError: EngineError(.invalid, subject: spec.service.rawValue, error.description, hint: error.hint)
  case let error as SetupFailure:
    EngineError(.invalid, subject: spec.service.rawValue, "the container \(spec.name) could not be started: \(error)")
  default: EngineError(.internal, subject: spec.service.rawValue, "the container \(spec.name) could not be started: \(error)")
  }
}
