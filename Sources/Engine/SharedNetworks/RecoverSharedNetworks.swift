import ContainerRuntime
import Reconciler
import ShimProtocol
import StackModel

extension LocalBackend {
  /// Finds again who has what of shared networks, before these are restored: the engine before this one may have died between what it did and its
  /// writing that down, and who kept a network may have ended since.
  func recoverSharedNetworks(_ found: [(container: Container, shim: Shim?)]) async {
    func runs(_ shim: Shim?) -> Bool { shim?.description.state == .running }
    let alive = found.filter { runs($0.shim) }.map(\.container)
    for holder in alive {
      guard let held = await holder.record.heldNetwork,
        let owner = alive.first(where: { $0.id != holder.id && ($0.id == held.owner || $0.spec.name == held.name) })
      else { continue }
      // It was on its way back, or is back.
      let members = await Self.members(alive, of: holder.ownerOfItsNetwork)
      await owner.haveAgain(held)
      await holder.forgetHeldNetwork()
      for member in members { await member.noteNetworkOwner(owner.id) }
      await persist([owner] + members)
    }
    for container in found.filter({ !runs($0.shim) }).map(\.container) {
      guard let held = await container.networkToLeave, let heir = await Self.members(alive, of: container.ownerOfItsNetwork).first
      else { continue }
      await container.leftNetwork()
      var isKept = false
      for other in alive where await other.record.heldNetwork?.owner == held.owner { isKept = true }
      if !isKept {
        moveFile(await container.files.keptResolver, to: await heir.files.keptResolver)
        await heir.keep(held.kept(by: heir.id))
      }
      await persist([container, heir])
    }
  }

  private static func members(_ containers: [Container], of owner: ContainerID) async -> [Container] {
    var found: [Container] = []
    for container in containers where await container.record.networkOwner == owner { found.append(container) }
    return found
  }
}

extension Container {
  /// What was kept for it is its own.
  fileprivate func haveAgain(_ held: HeldNetwork) {
    guard record.endpoints.isEmpty else { return }
    (record.endpoints, record.ports) = (held.endpoints, held.ports)
  }
}
