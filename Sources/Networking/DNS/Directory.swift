import Netlink
import StackModel
import Synchronization

/// The name table as the resolvers' event loops see it: written by the `Networking` actor, read for every question.
///
/// A lock, because a question is answered within one turn of an event loop, without waiting for the actor.
final class Directory: Sendable {
  private let table = Mutex(NameTable())
  private let turn = Atomic<Int>(0)

  func change(_ body: (inout NameTable) -> Void) { table.withLock { body(&$0) } }

  func isReady(_ container: ContainerID) -> Bool { table.withLock { $0.isReady(container) } }

  func snapshot() -> NameTable { table.withLock { $0 } }

  func decide(_ packet: [UInt8], asker: NameTable.Asker, limit: Int) -> DNSDecision {
    let turn = turn.wrappingAdd(1, ordering: .relaxed).newValue & 0xFFFF
    return table.withLock { DNSDecision(packet: packet, asker: asker, table: $0, limit: limit, turn: turn) }
  }
}
