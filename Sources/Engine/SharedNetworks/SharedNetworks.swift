import Backend
import Networking
import Reconciler
import StackModel
import StateStore

// `network_mode: service:x`. The kernel keeps a network namespace as long as a process is in it, so that it does not end with x's container while
// others are there. What the engine has of it (addresses, names, published ports) goes with it:
//
//   x ends                    what it had is from then on one's that shares its network, and written down with that one (`heldNetwork`)
//   x, or its successor, runs it comes back into the namespace, and has everything again (`RegainedNetwork`)
//   that one ends             it goes to the next one that is there; after the last one everything is given back
//
// An engine that comes later finds the same in its records. All of this is done one at a time in a project (`networkGate`).

extension LocalBackend {
  /// Runs `body` alone among those who share a network namespace; at once for a container whose network nobody shares.
  func aloneInNetwork<Value: Sendable>(
    of container: Container, _ body: @Sendable () async throws -> Value
  ) async rethrows -> Value {
    guard let project = await projectOfSharedNetwork(container.spec) else { return try await body() }
    return try await networkGate.alone(on: project, body)
  }

  /// That of the container whose network it is.
  private func projectOfSharedNetwork(_ spec: ContainerSpec) async -> ProjectName? {
    switch spec.options.network {
    case .host: return nil
    case .service: return spec.project
    case .container(let name): return await containers.find(name: name)?.spec.project ?? spec.project
    case .bridges, .none: return await containers.sharing().contains { $0.spec.sharesNetwork(of: spec) } ? spec.project : nil
    }
  }

  /// The running containers that are in the network namespace of a container; nil, which is nobody's: none.
  func members(ofNetwork owner: ContainerID?) async -> [Container] {
    guard let owner else { return [] }
    var found: [Container] = []
    for container in await containers.sharing() where await container.runningNetworkOwner == owner { found.append(container) }
    return found
  }

  /// Who keeps the network of a container that does not run, or of the one before it.
  func holder(ofNetwork id: ContainerID, _ name: String) async -> (container: Container, held: HeldNetwork)? {
    for container in await containers.sharing() {
      if let held = await container.runningHeldNetwork, held.owner == id || held.name == name { return (container, held) }
    }
    return nil
  }

  /// A container has ended: what it had of its network goes to another one that is in there, or is given back.
  func leaveNetwork(_ container: Container) async {
    await aloneInNetwork(of: container) { await self.leaveNetworkAlone(container) }
  }

  private func leaveNetworkAlone(_ container: Container) async {
    guard let held = await container.networkToLeave,
      let heir = await members(ofNetwork: container.ownerOfItsNetwork).first(where: { $0.id != container.id })
    else {
      await container.leftNetwork()
      return await networking.withdraw(container.id)
    }
    let kept = held.kept(by: heir.id)
    moveFile(await container.files.keptResolver, to: await heir.files.keptResolver)
    await networking.passOn(from: container.id, to: heir.id, name: kept.name, names: kept.names)
    await container.leftNetwork()
    await heir.keep(kept)
    await persist([container, heir])
  }

  /// Gives back what is kept of published ports that somebody else asks for, who is there and not only on the way. The other containers of the
  /// service have theirs together with it.
  func giveUpKept(_ wanted: [PortMapping], group: String?) async {
    var holders: [ContainerID: Container] = [:]
    for container in await containers.sharing() {
      guard let held = await container.runningHeldNetwork, !held.ports.isEmpty, group == nil || held.group != group else { continue }
      holders[container.id] = container
    }
    guard !holders.isEmpty else { return }
    for (id, ports) in await networking.giveUp(wanted, heldBy: Array(holders.keys)) {
      guard let holder = holders[id] else { continue }
      await holder.keep(ports: ports)
      await persist([holder])
    }
  }

  /// Gives back what is kept of a network that is to go; its interfaces go with it.
  func dropWhatIsKept(of network: NetworkName) async {
    for container in await containers.sharing() where await container.keeps(network) {
      await aloneInNetwork(of: container) {
        guard await container.keeps(network), let held = await container.runningHeldNetwork else { return }
        await self.drop(held, of: container)
      }
    }
  }

  /// Nobody comes back to a network that was kept: those who are in its namespace have none.
  func drop(_ held: HeldNetwork, of holder: Container) async {
    await networking.unplug(held.endpoints)
    await networking.withdraw(holder.id)
    await holder.forgetHeldNetwork()
    let members = await members(ofNetwork: holder.ownerOfItsNetwork)
    for member in members { await member.noteNetworkOwner(nil) }
    await persist([holder] + members.filter { $0.id != holder.id })
  }

  /// Writes down the records of several containers, all or none.
  func persist(_ containers: [Container]) async {
    var records: [ContainerRecord] = []
    for container in containers { records.append(await container.record) }
    do {
      try await store.put(records)
      // Who was removed meanwhile stays so.
      for container in containers where await container.isGone { try await store.delete(ContainerRecord.self, key: container.record.key) }
    } catch {
      containers.first?.tell("whose its network is could not be written: \(error)")
    }
  }

  /// Has those begin again that share the network of a container and are in a namespace that it has not come back to.
  func restartLeftBehind(by owner: Container) async {
    for container in await containers.sharing() where !container.spec.isOneOff {
      guard await isLeftBehind(container, by: owner) else { continue }
      Task {
        // After what is under way in the project, which may see to it by itself.
        await projects.alone(on: container.spec.project) {
          guard await self.isLeftBehind(container, by: owner), await owner.running != nil else { return }
          await container.restartAfterDependency(owner.spec.service)
        }
      }
    }
  }

  private func isLeftBehind(_ container: Container, by owner: Container) async -> Bool {
    guard container.spec.sharesNetwork(of: owner.spec), await container.running != nil,
      await container.record.networkOwner != owner.id, let reference = container.spec.options.networkReference
    else { return false }
    // Of the containers of a service it is the first one.
    return await self.container(reference, in: container.spec.project)?.id == owner.id
  }
}

extension Container {
  /// The container whose network namespace it is in, while it runs.
  var runningNetworkOwner: ContainerID? { running == nil ? nil : record.networkOwner }

  /// What it keeps for another one, while it runs.
  var runningHeldNetwork: HeldNetwork? { running == nil ? nil : record.heldNetwork }

  /// Places on networks that are its own or kept by it, while it runs.
  var keptEndpoints: [Endpoint] { runningHeldNetwork?.endpoints ?? runningEndpoints }

  /// Whose network namespace it is in: another's, or its own.
  var ownerOfItsNetwork: ContainerID { record.networkOwner ?? id }

  /// What others may go on with when it has ended; nil: it has nothing of the kind.
  var networkToLeave: HeldNetwork? {
    if let held = record.heldNetwork { return held }
    switch spec.options.network {
    case .bridges(let attachments):
      // What it had may be another's already.
      guard attachments.isEmpty || !record.endpoints.isEmpty else { return nil }
    case .none: break
    case .host, .service, .container: return nil
    }
    var names = record.endpoints.isEmpty ? nil : names(record.endpoints)
    // Others of the service are better asked.
    names?.isReady = false
    return HeldNetwork(
      owner: id, name: spec.name, endpoints: record.endpoints, ports: record.endpoints.isEmpty ? [] : record.ports, names: names,
      group: portGroup)
  }

  func keep(_ held: HeldNetwork) { record.heldNetwork = held }

  /// What it still keeps of published ports.
  func keep(ports: [PortMapping]) { record.heldNetwork?.ports = ports }

  /// What it has kept is another's now.
  func forgetHeldNetwork() { record.heldNetwork = nil }

  /// It has ended, and nothing of a network is its own any more.
  func leftNetwork() { (record.endpoints, record.heldNetwork, record.networkOwner) = ([], nil, nil) }

  /// The network namespace that it is in is another container's now.
  ///
  /// nil: nobody's who will come back to it.
  func noteNetworkOwner(_ owner: ContainerID?) { record.networkOwner = owner }

  fileprivate func keeps(_ network: NetworkName) -> Bool {
    runningHeldNetwork?.endpoints.contains { $0.network == network } ?? false
  }
}

extension ContainerOptions {
  /// Whether it has a network namespace of its own.
  var ownsNetwork: Bool {
    switch network {
    case .bridges, .none: true
    case .host, .service, .container: false
    }
  }

  /// The container whose network namespace it lives in; nil: no other's.
  var networkReference: ContainerReference? {
    switch network {
    case .service(let service): .service(service)
    case .container(let name): .container(name)
    case .bridges, .none, .host: nil
    }
  }
}

extension ContainerSpec {
  /// It lives in the network namespace of such a container.
  func sharesNetwork(of owner: ContainerSpec) -> Bool {
    switch options.network {
    case .service(let service): project == owner.project && service == owner.service && !owner.isOneOff
    case .container(let name): name == owner.name
    case .bridges, .none, .host: false
    }
  }
}
