import Backend
import Cgroups
import ContainerRuntime
import ContainerSetup
import ImageStore
import LinuxKit
import Networking
import OCI
import Reconciler
import StackModel

extension Container {
  /// Makes the container what `new` says, where a planner has found that it can go on meanwhile. What fails is taken back; what an engine's death leaves
  /// half done the next engine does again, since what it is to be is written down first and what it is last.
  func update(to new: ContainerSpec) async throws {
    try await engine.containerGate.alone(on: id) { try await self.updateAlone(to: new) }
  }

  private func updateAlone(to new: ContainerSpec) async throws {
    let old = spec
    guard let running else {
      // What it asks for holds from its next start on; ports that were chosen before are not kept for others.
      if old.options.ports != new.options.ports { record.ports = [] }
      return try await settleUpdate(new)
    }
    record.updating = new
    try await persist()
    var undo = UndoList()
    do {
      if let limits = try limits(from: old, to: new), let cgroup = running.cgroup {
        try checkUse(of: cgroup, limits)
        let before = try? self.limits(from: new, to: old)
        undo.add { if let before { try? cgroup.apply(before) } }
        try cgroup.apply(limits)
      }
      if old.options.network != new.options.network || old.options.ports != new.options.ports {
        try await rearrange(from: old.options, to: new.options, pid: running.shim.pid, &undo)
      }
    } catch {
      await undo.run()
      await withdrawIfEnded()
      record.updating = nil
      await persistOrTell()
      throw startError(error, spec: new)
    }
    await withdrawIfEnded()
    try await settleUpdate(new)
    guard self.running != nil else { return }
    if let image = await engine.images.resolve(record.imageID.description), let shim = self.running?.shim,
      old.options.healthcheck != spec.options.healthcheck
    {
      beginHealth(shim, image: image)
    }
    await engine.networking.setNames(names(record.endpoints))
    await refreshFiles()
    await engine.refreshLinks(to: new)
  }

  private func limits(from old: ContainerSpec, to new: ContainerSpec) throws(SetupError) -> ResourceLimits? {
    try changedLimits(
      from: old.options.resources, to: new.options.resources, host: engine.host, isUnified: engine.cgroups.version == .v2)
  }

  /// From here on it is what `new` says.
  private func settleUpdate(_ new: ContainerSpec) async throws {
    change(spec: new)
    record.updating = nil
    try await persist()
    announce(.updated)
  }

  /// Does again what an earlier engine began.
  func resumeUpdate() async {
    guard let spec = record.updating else { return }
    do {
      try await update(to: spec)
    } catch {
      tell("it could not be changed in place, as an earlier engine had begun to: \(error)")
    }
  }

  /// It may have ended while it was being changed, and given everything back.
  private func withdrawIfEnded() async {
    guard running == nil else { return }
    record.endpoints = []
    await engine.networking.withdraw(id)
  }

  /// The kernel would kill a process to make the limit true.
  private func checkUse(of cgroup: any Cgroup, _ limits: ResourceLimits) throws {
    guard let limit = limits.memory, limit > 0, let used = cgroup.usage().memory, used > limit else { return }
    throw EngineError(
      .conflict, subject: spec.service.rawValue, "\(spec.name) uses \(used) bytes of memory, more than the new mem_limit of \(limit)",
      hint: "begin it anew with the new limit: muster up --force-recreate \(spec.service)")
  }

  /// Other networks and ports: what comes first, then what goes, so that nothing that stays is interrupted.
  private func rearrange(from old: ContainerOptions, to new: ContainerOptions, pid: Int32, _ undo: inout UndoList) async throws {
    let networking = engine.networking
    guard case .bridges(let before) = old.network, case .bridges(let attachments) = new.network else { return }
    let namespace = ContainerNamespace(pid: pid)
    let places = Dictionary(before.map { ($0.network, $0.place) }, uniquingKeysWith: { first, _ in first })
    let kept = record.endpoints.filter { endpoint in
      attachments.contains { $0.network == endpoint.network && $0.place == places[endpoint.network] }
    }
    let leaving = record.endpoints.filter { endpoint in !kept.contains { $0.network == endpoint.network } }
    let moved = leaving.filter { endpoint in attachments.contains { $0.network == endpoint.network } }
    // On a network where only its place changes, it cannot be in both.
    for endpoint in moved {
      let id = id
      undo.add {
        try? await networking.connect(id, [endpoint], pid: pid)
        try? await namespace.configure([endpoint])
      }
      try await namespace.remove([endpoint])
      try await networking.disconnect(id, endpoint)
    }
    let endpoints = try await networking.reserve(
      id, name: spec.name, attachments: attachments, keeping: record.endpoints.filter { !moved.contains($0) })
    let added = endpoints.filter { endpoint in !kept.contains { $0.network == endpoint.network } }
    // Nor can it be at one address on the same outer network twice.
    let clashing = leaving.filter { old in
      old.bridge.isEmpty && !moved.contains(old)
        && added.contains { $0.bridge.isEmpty && !Set($0.addresses).isDisjoint(with: old.addresses) }
    }
    for endpoint in clashing {
      let id = id
      undo.add {
        try? await networking.connect(id, [endpoint], pid: pid)
        try? await namespace.configure([endpoint])
      }
    }
    for endpoint in added {
      let id = id
      undo.add {
        try? await namespace.remove([endpoint])
        try? await networking.disconnect(id, endpoint)
      }
    }
    // And an engine that died in the middle of this has left what goes with the container's namespace alone.
    try await namespace.remove(clashing + added)
    try await networking.connect(id, added, pid: pid)
    try await namespace.configure(added)
    let wanted = endpoints.isEmpty ? [] : await wantedPorts(old, new)
    await engine.giveUpKept(wanted, group: portGroup)
    let ports = try await networking.republish(id, ports: wanted, endpoints: endpoints, group: portGroup)
    let (oldPorts, oldEndpoints, id, group) = (record.ports, record.endpoints, id, portGroup)
    undo.add { _ = try? await networking.republish(id, ports: oldPorts, endpoints: oldEndpoints, group: group) }
    try await namespace.remove(leaving.filter { !moved.contains($0) && !clashing.contains($0) })
    for endpoint in leaving where !moved.contains(endpoint) { try await networking.disconnect(id, endpoint) }
    try await namespace.setDefaultRoutes(from: record.endpoints, to: endpoints)
    record.endpoints = endpoints
    record.ports = ports
    tell("disconnect", await networks(of: leaving))
    tell("connect", await networks(of: added))
  }

  /// The new ports; where the engine chooses the host's, the one that it has chosen before.
  private func wantedPorts(_ old: ContainerOptions, _ new: ContainerOptions) async -> [PortMapping] {
    var chosen = Array(zip(old.ports, record.ports))
    var spec = spec
    spec.options = new
    return zip(new.ports, await engine.boundPorts(of: spec)).map { asked, bound in
      guard asked.published == nil, let index = chosen.firstIndex(where: { $0.0 == asked }) else { return bound }
      return chosen.remove(at: index).1
    }
  }

  /// What tells the program its names and its resolver.
  private func refreshFiles() async {
    linkedAddresses = await currentLinks(record.endpoints)
    guard spec.options.isOnBridges else { return }
    do {
      try files.writeHosts(spec, id: id, endpoints: record.endpoints, links: linkedAddresses)
      try files.writeResolver(spec, endpoints: record.endpoints)
    } catch {
      tell("its /etc/hosts and /etc/resolv.conf could not be written: \(error)")
    }
  }
}

/// What takes back what was done, the last first. Each does what it can.
struct UndoList {
  private var actions: [@Sendable () async -> Void] = []
  mutating func add(_ action: @escaping @Sendable () async -> Void) { actions.append(action) }
  func run() async { for action in actions.reversed() { await action() } }
}

extension Attachment {
  /// What of it the interface shows; names and priorities are told elsewhere.
  fileprivate var place: Attachment {
    var copy = self
    (copy.aliases, copy.priority, copy.gatewayPriority) = ([], 0, nil)
    return copy
  }
}
