import Netlink
import StackModel

/// Keeps the kernel's table equal to `state`. The table exists as long as there is a network.
///
/// A change is sent as the elements that differ; when the kernel refuses (somebody flushed the ruleset), the table is made anew as a whole.
struct Firewall: ~Copyable {
  private var socket: NftablesSocket
  private let table: String
  private(set) var state = FirewallState()

  init(table: String) throws(NetlinkError) {
    socket = try NftablesSocket()
    self.table = table
  }

  /// Changes the state and the kernel's table; when that fails, the state is as before.
  mutating func change(_ body: (inout FirewallState) -> Void) throws(NetlinkError) {
    var new = state
    body(&new)
    if new == state { return }
    if new.networks.isEmpty || state.networks.isEmpty {
      try replace(new)
      return
    }
    try exchange(state.elements, for: new.elements, toBe: new)
  }

  /// Changes what one container publishes; nil: nothing. The elements of others are not looked at, however many there are.
  mutating func publish(_ publications: [FirewallState.Publication]?, of container: ContainerID) throws(NetlinkError) {
    let old = state.publications[container]
    if old == publications { return }
    var new = state
    new.publications[container] = publications
    if state.networks.isEmpty { return try replace(new) }
    try exchange(FirewallState.elements(old ?? []), for: FirewallState.elements(publications ?? []), toBe: new)
  }

  /// Takes elements out of the kernel's sets and puts others in.
  private mutating func exchange(
    _ before: [SetName: Set<Element>], for after: [SetName: Set<Element>], toBe new: FirewallState
  ) throws(NetlinkError) {
    let table = table
    do {
      try socket.commit { batch in
        for set in SetName.allCases {
          let (old, fresh) = (before[set] ?? [], after[set] ?? [])
          let (gone, come) = (old.subtracting(fresh), fresh.subtracting(old))
          if !gone.isEmpty { batch.delete(Array(gone), from: set.rawValue, of: table) }
          if !come.isEmpty { batch.add(Array(come), to: set.rawValue, of: table) }
        }
      }
      state = new
    } catch { try replace(new) }
  }

  /// Makes the kernel's table what `new` says, whatever it was.
  mutating func replace(_ new: FirewallState) throws(NetlinkError) {
    let name = table
    if new.networks.isEmpty {
      if try socket.tables().contains(name) { try socket.commit { $0.deleteTable(name) } }
    } else {
      try socket.commit { $0.replace(new.table(named: name)) }
    }
    state = new
  }

  /// Whether the kernel has the table; a flush by somebody else takes it away.
  mutating func isPresent() throws(NetlinkError) -> Bool { try socket.tables().contains(table) }
}
