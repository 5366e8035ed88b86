import Backend
import ContainerRuntime
import Glibc
import LinuxKit
import Networking
import Reconciler
import StackModel

/// The network that a container, or the one before it, had when it ended and that others have kept: on its way back to it.
struct RegainedNetwork: Sendable {
  /// Who has kept it, and has it again should the start fail.
  var holder: Container
  var held: HeldNetwork
  /// Everybody who is in the namespace.
  var members: [Container]
  /// By whom it is entered.
  var entrance: NamespaceOwners.Owner
}

extension Container {
  /// Takes back the network that others have kept for it. nil: there is none, or it cannot go on with it, and makes one of its own.
  func regainNetwork() async throws -> RegainedNetwork? {
    if let regained = try await regainKeptNetwork() { return regained }
    // Whoever is in one that it had before is in another one than it.
    for member in await engine.members(ofNetwork: id) { await member.noteNetworkOwner(nil) }
    return nil
  }

  private func regainKeptNetwork() async throws -> RegainedNetwork? {
    guard let (holder, found) = await engine.holder(ofNetwork: id, spec.name), holder.id != id else { return nil }
    var held = found
    let members = await engine.members(ofNetwork: holder.ownerOfItsNetwork)
    // What it no longer publishes may be asked for by others already.
    let gone = held.ports.filter { old in !spec.options.ports.contains { $0.mayBe(old) } }
    if !gone.isEmpty, let left = await engine.networking.giveUp(gone, heldBy: [holder.id])[holder.id] {
      held.ports = left
      await holder.keep(ports: left)
    }
    await engine.networking.passOn(from: holder.id, to: id, name: spec.name)
    let endpoints: [Endpoint]
    do {
      endpoints = try await reserveEndpoints()
    } catch {
      await engine.networking.passOn(from: id, to: holder.id, name: held.name)
      throw error
    }
    let isSame = endpoints.count == held.endpoints.count && held.endpoints.allSatisfy(endpoints.contains)
    if isSame, let entrance = await entrance(by: members) {
      for member in members { await member.noteNetworkOwner(id) }
      moveFile(await holder.files.keptResolver, to: files.resolvConf)
      return RegainedNetwork(holder: holder, held: held, members: members, entrance: entrance)
    }
    // Its networks or its user namespace are others now.
    await engine.networking.withdraw(id)
    await engine.drop(held, of: holder)
    return nil
  }

  /// Opens the namespace of those who are in there; nil: they have just gone, or are in a user namespace that this one does not belong in.
  private func entrance(by members: [Container]) async -> NamespaceOwners.Owner? {
    let users = spec.options.users?.mapping
    // A pid or IPC namespace is one of a single user namespace too.
    if users != nil, spec.options.pidOwner != nil || spec.options.ipc?.isOfAnother == true { return nil }
    guard let own = try? Descriptor.open("/proc/self/ns/net", O_RDONLY).status() else { return nil }
    for member in members where member.spec.options.users?.mapping == users {
      guard let pid = await member.running?.shim.pid else { continue }
      // One that has ended may have given its number to a process of the host.
      guard let network = try? Descriptor.open("/proc/\(pid)/ns/net", O_RDONLY), let status = try? network.status(),
        status.inode != own.inode, let user = try? Descriptor.open("/proc/\(pid)/ns/user", O_RDONLY)
      else { continue }
      var owner = NamespaceOwners.Owner(id: id, pid: pid, hostname: "", users: users)
      owner.opened = ["net": SharedDescriptor(network), "user": SharedDescriptor(user)]
      return owner
    }
    return nil
  }

  /// It runs: what was kept for it is its own, and written down so together with its record.
  func settleRegained(_ regained: RegainedNetwork) async {
    await regained.holder.forgetHeldNetwork()
    await engine.persist([self] + regained.members)
  }

  /// It could not be started: everything is as before.
  func giveBack(_ regained: RegainedNetwork) async {
    let (networking, held) = (engine.networking, regained.held)
    if !held.endpoints.isEmpty {
      do {
        _ = try await networking.republish(id, ports: held.ports, endpoints: held.endpoints, group: held.group)
      } catch {
        tell("its ports could not be published again: \(error)")
      }
    }
    await networking.passOn(from: id, to: regained.holder.id, name: held.name, names: held.names)
    await engine.persist(regained.members)
  }
}

extension PortMapping {
  /// Whether it may be published as the other one is, which has the host's port.
  fileprivate func mayBe(_ other: PortMapping) -> Bool {
    transport == other.transport && (published == nil || published == other.published)
  }
}

extension IPCMode {
  fileprivate var isOfAnother: Bool { if case .of = self { true } else { false } }
}

/// One that is not there stays where it is not.
func moveFile(_ old: String, to new: String) { rename(old, new) }
