import Backend
import Cgroups
import ContainerRuntime
import ContainerSetup
import ImageBuilder
import Networking
import OCI
import Reconciler
import ShimProtocol
import StackModel

/// Runs a build's commands, each in a container of its own that nothing else can see: no record, no name, and a network of the build's own.
actor BuildContainers: BuildSandbox {
  private let engine: LocalBackend
  private let pull: @Sendable (ImageReference) async throws -> Void
  /// Stages run at the same time: the first that needs the network makes it, and the others wait for it.
  private var bridge: Task<NetworkName, any Error>?

  init(engine: LocalBackend, pull: @escaping @Sendable (ImageReference) async throws -> Void) {
    self.engine = engine
    self.pull = pull
  }

  func fetch(_ reference: ImageReference) async throws { try await pull(reference) }

  func run(_ command: BuildCommand, output: @escaping @Sendable ([UInt8]) -> Void) async throws -> Int32 {
    let id = ContainerID(randomHex(64))
    let spec = ContainerSpec(
      project: "muster", service: "build", name: "build-\(id.short)", image: "", options: try await options(command))
    let files = ContainerFiles(location: engine.location, id: id)
    do {
      try files.make()
      let root = OverlayRoot(directory: command.directory, lower: command.lower, upper: command.upper, work: command.work)
      let code = try await run(spec, id: id, root: root, contents: try await contents(command), output: output)
      await clear(id, files)
      try Task.checkCancellation()
      return code
    } catch {
      await clear(id, files)
      throw startError(error, spec: spec)
    }
  }

  private func options(_ command: BuildCommand) async throws -> ContainerOptions {
    var options = ContainerOptions()
    options.entrypoint = command.arguments
    options.environment = command.environment
    options.workingDirectory = command.workingDirectory
    options.user = command.user
    options.extraHosts = command.extraHosts
    options.logging = Logging(driver: .none)
    options.shmSize = command.shmSize
    options.ulimits = command.ulimits
    options.users = engine.userMapping.map { .remapped($0) }
    for (index, mount) in command.mounts.enumerated() {
      switch mount.source {
      case .path(let path, let isReadOnly):
        options.mounts.append(
          Mount(source: .bind(path: path, createsHostPath: false, propagation: nil), target: mount.target, isReadOnly: isReadOnly))
      case .tmpfs(let size):
        var made = Mount(source: .tmpfs(size: size, mode: 0o1777, uid: nil, gid: nil), target: mount.target)
        made.allowsPrograms = true
        options.mounts.append(made)
      case .secret(_, let uid, let gid, let mode):
        options.secrets.append(FileGrant(source: "\(index)", target: mount.target, uid: "\(uid)", gid: "\(gid)", mode: mode))
      }
    }
    switch command.network {
    case "host": options.network = .host
    case "none": options.network = .none
    default: options.network = .bridges([Attachment(network: try await ownNetwork())])
    }
    return options
  }

  /// The command's secrets by their places among its mounts, sealed until they are written into the container.
  private func contents(_ command: BuildCommand) async throws -> GrantContents {
    var row = StackRow(stack: Stack(name: "muster"), sealedValues: [:])
    for case (let index, .secret(let bytes, _, _, _)) in command.mounts.map(\.source).enumerated() {
      row.stack.secrets[SecretName("\(index)")] = FileSource(origin: .environment("\(index)"))
      row.sealedValues["secrets.\(index)"] = try engine.vault.seal(bytes, name: "muster/secrets.\(index)")
    }
    var contents = await engine.contents(of: "muster")
    contents.row = row
    return contents
  }

  private func run(
    _ spec: ContainerSpec, id: ContainerID, root: OverlayRoot, contents: GrantContents,
    output: @escaping @Sendable ([UInt8]) -> Void
  ) async throws -> Int32 {
    var endpoints: [Endpoint] = []
    if case .bridges(let attachments) = spec.options.network {
      endpoints = try await engine.networking.reserve(id, attachments: attachments)
    }
    let launched = try await Launch(
      engine: engine, id: id, spec: spec, image: ImageConfig(), root: root, volumes: [:], endpoints: endpoints,
      mapsBinds: true, contents: contents
    ).begin()
    do {
      // A build knows no names, but asks for those of the world.
      if !endpoints.isEmpty { await engine.networking.setNames(EndpointNames(container: id, endpoints: endpoints, name: id.short)) }
      let streams = try ProcessStreams(try await launched.shim.attach(), poller: engine.poller)
      try await launched.shim.start()
      let status = await withTaskCancellationHandler {
        // The end counts, not the output's: what a command leaves in the background is ended with it.
        let draining = Task { await streams.drain { bytes, _ in output(bytes) } }
        let status = await launched.shim.exitStatus()
        try? launched.cgroup.kill()
        await draining.value
        return status
      } onCancel: {
        try? launched.cgroup.kill()
      }
      try await shielded { try await launched.cgroup.remove() }
      return status.code
    } catch {
      await launched.shim.discard()
      try? launched.cgroup.kill()
      try? await shielded { try await launched.cgroup.remove() }
      throw error
    }
  }

  private func clear(_ id: ContainerID, _ files: ContainerFiles) async {
    await engine.networking.withdraw(id)
    do {
      try files.remove()
    } catch {
      engine.log.append(.warning("a build's directory could not be removed: \(error)"), project: nil)
    }
  }

  private func ownNetwork() async throws -> NetworkName {
    if let bridge { return try await bridge.value }
    let making = Task { [engine] in
      let name = NetworkName("muster-build-\(randomHex(12))")
      _ = try await engine.networking.create(Network(key: name.rawValue, name: name), project: nil)
      return name
    }
    bridge = making
    return try await making.value
  }

  /// Removes the network. Call it when the build is over, however it ended.
  func close() async {
    guard let name = try? await bridge?.value else { return }
    bridge = nil
    do {
      try await engine.networking.remove(name)
    } catch {
      engine.log.append(.warning("the build's network could not be removed: \(error)"), project: nil)
    }
  }
}
