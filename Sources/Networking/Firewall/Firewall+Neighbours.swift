import Netlink

extension Firewall {
  /// Chains in which other programs that filter forwarded packets leave room for rules of others: what one base chain accepts, another still
  /// drops, and Docker and ufw have all drop that they do not know.
  ///
  /// Docker: "Add iptables policies before Docker's rules" (DOCKER-USER). ufw: `ufw route`, whose rules are in these.
  private static let rooms: Set<ForeignChain> = [
    ForeignChain(.ipv4, "filter", "DOCKER-USER"), ForeignChain(.ipv6, "filter", "DOCKER-USER"),
    ForeignChain(.ipv4, "filter", "ufw-user-forward"), ForeignChain(.ipv6, "filter", "ufw6-user-forward"),
  ]

  /// Whether a table is one in which such chains are.
  static func isNeighbour(_ table: String) -> Bool { table == "filter" }

  /// The same of packets for the host itself, which questions of names are: they come to the bridge's address and are led to the resolver.
  /// ufw: `ufw allow`, whose rules are in these.
  private static let inputRooms: Set<ForeignChain> = [
    ForeignChain(.ipv4, "filter", "ufw-user-input"), ForeignChain(.ipv6, "filter", "ufw6-user-input"),
  ]

  /// Has other programs let this engine's bridges be, whose traffic this engine's own table judges; and takes that back when there is none.
  ///
  /// - Throws: when a chain cannot be changed, after all were tried.
  mutating func settleWithNeighbours() throws(NetlinkError) {
    let patterns = state.patterns(prefix: bridgePrefix)
    let comment = ([table] + patterns.map(\.text)).joined(separator: " ")
    var failure: NetlinkError?
    for chain in try socket.foreignChains().intersection(Firewall.rooms.union(Firewall.inputRooms)) {
      do throws(NetlinkError) {
        let ours = try socket.rules(of: chain).filter { $0.comment?.split(separator: " ").first.map { String($0) } == table }
        let rules = patterns.flatMap { Firewall.rules(for: $0.value, in: chain) }
        if ours.count == rules.count, ours.allSatisfy({ $0.comment == comment }) { continue }
        try socket.commit { batch in
          for rule in ours { batch.delete(rule, from: chain) }
          for rule in rules { batch.insert(rule, comment: comment, into: chain) }
        }
      } catch { failure = failure ?? error }
    }
    if let failure { throw failure }
  }

  private static func rules(for pattern: LinkPattern, in chain: ForeignChain) -> [Rule] {
    if inputRooms.contains(chain) { return [Rule(.input(pattern), [.isRedirectedForTables, .verdict(.accept)])] }
    // Each comes before those before it. What goes to Docker's own networks is Docker's to judge.
    let others = [LinkPattern.name("docker0"), .prefix("br-")].map { Rule(.input(pattern), .output($0), [.verdict(.back)]) }
    return [Rule(.input(pattern), [.verdict(.accept)])] + others + [Rule(.output(pattern), [.verdict(.accept)])]
  }
}

extension FirewallState {
  /// What the names of all bridges look like: one beginning for those that the engine names, and the others.
  fileprivate func patterns(prefix: String) -> [(value: LinkPattern, text: String)] {
    guard !networks.isEmpty else { return [] }
    let others = networks.values.map(\.bridge).filter { !$0.hasPrefix(prefix) }.sorted()
    return [(.prefix(prefix), prefix + "*")] + others.map { (.name($0), $0) }
  }
}
