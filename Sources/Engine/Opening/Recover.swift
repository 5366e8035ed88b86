import Backend
import Cgroups
import ContainerRuntime
import Glibc
import ImageStore
import LinuxKit
import Networking
import OCI
import Reconciler
import ShimProtocol
import StackModel
import StateStore
import SystemPackage

extension LocalBackend {
  /// Finds again every container that an earlier engine made, takes note of those that ended meanwhile, and clears what belongs to none.
  func recover() async throws {
    try await recoverVolumes()
    let (records, damaged) = try await store.all(ContainerRecord.self)
    for key in damaged { log.append(.warning("the record of the container \(key.prefix(12)) cannot be read"), project: nil) }
    var found: [(container: Container, shim: Shim?)] = []
    for record in records {
      var container = Container(record: record, engine: self)
      if await !containers.add(container) {
        // The engine before this one died between writing two names down: the next up sees to it.
        var renamed = record
        renamed.spec.name = ContainerSpec.successorName(of: record.spec.name, record.id)
        container = Container(record: renamed, engine: self)
        guard await containers.add(container) else { continue }
      }
      let files = ContainerFiles(location: location, id: record.id)
      found.append((container, await runtime.find(socket: files.socket)))
    }
    await clearStrays(known: Set(records.map(\.id.rawValue)).union(damaged))
    await recoverSharedNetworks(found)
    var alive: [RestoredContainer] = []
    for case let (container, shim?) in found where shim.description.state == .running { alive.append(await container.restored) }
    for problem in try await networking.restore(networks: catalog.networks().map(\.record), containers: alive) {
      log.append(.warning(problem), project: nil)
    }
    // Whoever begins again finds those who have stayed in its network.
    for (container, shim) in found.filter({ $0.container.spec.options.networkReference != nil })
      + found.filter({ $0.container.spec.options.networkReference == nil })
    {
      await container.recover(shim)
      await container.resumeUpdate()
    }
    await deliverWhatIsNew()
  }

  /// Ends what runs, and removes what lies about, without a record: an engine died between making it and writing it down.
  private func clearStrays(known: Set<String>) async {
    let short = Set(known.map { String($0.prefix(12)) })
    for name in (try? directoryNames(location.runDirectory + "/c")) ?? [] where !short.contains(name) {
      if let shim = await runtime.find(socket: "\(location.runDirectory)/c/\(name)/shim.sock") { await shim.discard() }
      try? removeTree(FilePath("\(location.runDirectory)/c/\(name)"))
    }
    for name in (try? cgroups.names()) ?? [] where !known.contains(name) {
      guard let cgroup = cgroups.find(name) else { continue }
      try? cgroup.kill()
      try? await cgroup.remove()
    }
    for name in (try? directoryNames(location.root + "/containers")) ?? [] where !known.contains(name) {
      try? removeTree(FilePath("\(location.root)/containers/\(name)"))
    }
  }
}

extension Container {
  /// What the network must know again of a container that runs.
  var restored: RestoredContainer {
    if let held = record.heldNetwork {
      return RestoredContainer(id: id, endpoints: held.endpoints, ports: held.ports, names: held.names, group: held.group)
    }
    return RestoredContainer(id: id, endpoints: record.endpoints, ports: record.ports, names: names(record.endpoints), group: portGroup)
  }

  /// Joins a shim that an earlier engine started, or takes note of what happened since.
  func recover(_ shim: Shim?) async {
    // The power was cut when it had just been removed, or its disk is another one: there is nothing to be started.
    if shim == nil, access(files.upper, F_OK) != 0, errno == ENOENT {
      await release(cgroup: engine.cgroups.find(id.rawValue))
      guard record.state != .dead else { return }
      record.state = .dead
      record.exitCode = record.exitCode ?? 137
      record.finishedAt = record.finishedAt ?? WallClock.nanoseconds()
      record.remark = "its files are gone"
      await persistOrTell()
      return tell("its files are gone (\(files.upper)); the next up makes it anew")
    }
    switch record.state {
    case .created, .exited, .dead:
      if let shim { await shim.discard() }
      // The engine before this one died on the way to its start.
      let cgroup = engine.cgroups.find(id.rawValue)
      if cgroup != nil || !record.endpoints.isEmpty { await release(cgroup: cgroup) }
    case .running, .paused, .restarting:
      if let shim, shim.description.state == .running, let image = await engine.images.resolve(record.imageID.description) {
        running = Running(
          shim: shim, cgroup: engine.cgroups.find(id.rawValue), since: .now.advanced(by: .zero - ran(until: WallClock.nanoseconds())))
        if record.state != .paused {
          record.state = .running
          // The engine before this one held it still for a moment, to copy from it.
          if let cgroup = running?.cgroup, cgroup.isFrozen { try? cgroup.thaw() }
        }
        // The engine before this one has tried to end it.
        if record.wasStopped { stuck = running.flatMap(stuckProcess) }
        watch(shim, image: image)
        linkedAddresses = await currentLinks(record.endpoints)
        return
      }
      if let shim { await shim.discard() }
      let recorded = readExitRecord(files.exitRecord)
      let status = recorded ?? .killedWithShim(at: WallClock.nanoseconds())
      // Its end is counted already, unless it was started once more and has ended again: the restart that was to come comes now.
      if record.state == .restarting, !record.wasStopped, recorded == nil || recorded?.at == record.finishedAt {
        await release(cgroup: engine.cgroups.find(id.rawValue))
        return restart(after: record.restart.delay, waitsForDependencies: true)
      }
      await settle(status, cgroup: engine.cgroups.find(id.rawValue), ran: ran(until: status.at), waitsForDependencies: true)
    }
  }

  /// How long it has run, by the clock on the wall, which is all that outlives an engine; a clock that was set back makes it short.
  private func ran(until end: Int64) -> Duration {
    guard let startedAt = record.startedAt, end > startedAt else { return .zero }
    return .nanoseconds(end - startedAt)
  }

  /// Stops watching; the container goes on.
  func abandon() {
    isAbandoned = true
    pendingRestart?.cancel()
    running?.watch?.cancel()
    running?.probe?.cancel()
    running = nil
  }
}
