import Netlink
import StackModel

/// Keeps the kernel's table equal to `state`. The table exists as long as there is a network.
///
/// A change is sent as the elements that differ; when the kernel refuses (somebody flushed the ruleset), the table is made anew as a whole.
struct Firewall: ~Copyable {
  var socket: NftablesSocket
  let table: String
  /// The bridges that this engine names begin so.
  let bridgePrefix: String
  private(set) var state = FirewallState()

  init(_ names: KernelNames) throws(NetlinkError) {
    socket = try NftablesSocket()
    table = names.table
    bridgePrefix = names.bridgePrefix
  }

  /// Changes the state and the kernel's table; when that fails, the state is as before.
  mutating func change(_ body: (inout FirewallState) -> Void) throws(NetlinkError) {
    var new = state
    body(&new)
    if new.networks.isEmpty { new.loop = nil }
    if new == state { return }
    if !new.balances {
      let places = new.publications.values.joined().map(\.place)
      new.balances = Set(places).count < places.count
    }
    let bridges = state.bridges
    if new.networks.isEmpty || state.networks.isEmpty || new.speaksIPv6 != state.speaksIPv6 || new.balances != state.balances
      || new.loop != state.loop
    {
      try replace(new)
    } else {
      try exchange(state.elements, for: new.elements, toBe: new)
    }
    // Those that the engine names are known by the beginning of their names.
    let isSettled = bridges.isEmpty == state.bridges.isEmpty
    if isSettled, bridges.symmetricDifference(state.bridges).allSatisfy({ $0.hasPrefix(bridgePrefix) }) { return }
    try? settleWithNeighbours()
  }

  /// Changes what one container publishes; nil: nothing. Of others only those are looked at that publish the same ports.
  mutating func publish(_ publications: [FirewallState.Publication]?, of container: ContainerID) throws(NetlinkError) {
    let old = state.publications[container]
    if old == publications { return }
    var new = state
    new.publications[container] = publications
    let places = Set(((old ?? []) + (publications ?? [])).map(\.place))
    let (before, after) = (state.publications(at: places), new.publications(at: places))
    if Set(after.map(\.place)).count < after.count { new.balances = true }
    if state.networks.isEmpty || new.balances != state.balances { return try replace(new) }
    try exchange(FirewallState.elements(before), for: FirewallState.elements(after), toBe: new)
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
          for family in set.families {
            if !gone.isEmpty { batch.delete(Array(gone), from: set.rawValue, of: table, family) }
            if !come.isEmpty { batch.add(Array(come), to: set.rawValue, of: table, family) }
          }
        }
      }
      state = new
    } catch { try replace(new) }
  }

  /// Makes the kernel's table what `new` says, whatever it was.
  mutating func replace(_ new: FirewallState) throws(NetlinkError) {
    let name = table
    let tables = new.networks.isEmpty ? [] : new.tables(named: name)
    var gone: [Expression.Family?] = []
    for family in [nil, .ipv4, .ipv6] as [Expression.Family?] where !tables.contains(where: { $0.family == family }) {
      if try socket.tables(family).contains(name) { gone.append(family) }
    }
    try socket.commit { batch in
      for family in gone { batch.deleteTable(name, family) }
      for table in tables { batch.replace(table) }
    }
    state = new
  }

  /// Makes the table anew when somebody else has changed it, or taken it away.
  ///
  /// - Returns: whether that was so.
  mutating func defend(_ changes: NftablesMonitor.Changes) throws(NetlinkError) -> Bool {
    guard !state.networks.isEmpty else { return false }
    let isOurs = changes.concern(table, besides: socket.port)
    if isOurs { try replace(state) }
    if changes.isIncomplete || changes.tables.contains(where: { Firewall.isNeighbour($0.table) && $0.port != socket.port }) {
      try settleWithNeighbours()
    }
    return isOurs
  }

  /// Whether the kernel has the table; a flush by somebody else takes it away.
  mutating func isPresent() throws(NetlinkError) -> Bool { try socket.tables().contains(table) }
}
