/// The beginnings of rules that IPv6 has in its own way; each but the first comes after `isIPv6`.
extension [Expression] {
  /// `meta nfproto ipv6`.
  public static let isIPv6: [Expression] = [.meta(.networkProtocol, into: .init(0)), .compare(.init(0), .equal, [10])]

  /// `ip6 daddr != ::1`.
  public static let destinationIsNotLoopback6: [Expression] = [
    .payload(.network, offset: 24, length: 16, into: .init(0)), .compare(.init(0), .notEqual, IPv6Address(1).bytes),
  ]

  /// `ip6 daddr . meta l4proto . th dport @SET`.
  public static func addressAndPort6(in set: String) -> [Expression] {
    [
      .payload(.network, offset: 24, length: 16, into: .init(0)), .meta(.transport, into: .init(4)),
      .payload(.transport, offset: 2, length: 2, into: .init(5)), .isIn(set, .init(0)),
    ]
  }

  /// `ip6 saddr . ip6 daddr @SET`.
  public static func sourceAndDestination6(in set: String) -> [Expression] {
    [
      .payload(.network, offset: 8, length: 16, into: .init(0)), .payload(.network, offset: 24, length: 16, into: .init(4)),
      .isIn(set, .init(0)),
    ]
  }

  /// `dnat ip6 to meta l4proto . th dport map @MAP`.
  public static func dnat6(byPort map: String) -> [Expression] {
    [
      .meta(.transport, into: .init(0)), .payload(.transport, offset: 2, length: 2, into: .init(1)),
      .find(map, .init(0), into: .init(0)), .dnat(.ipv6, address: .init(0), port: .init(4)),
    ]
  }

  /// `dnat ip6 to ip6 daddr . meta l4proto . th dport map @MAP`.
  public static func dnat6(byAddressAndPort map: String) -> [Expression] {
    [
      .payload(.network, offset: 24, length: 16, into: .init(0)), .meta(.transport, into: .init(4)),
      .payload(.transport, offset: 2, length: 2, into: .init(5)), .find(map, .init(0), into: .init(0)),
      .dnat(.ipv6, address: .init(0), port: .init(4)),
    ]
  }

  /// `dnat ip6 to numgen random mod SLOTS . meta l4proto . th dport map @MAP`.
  public static func dnat6(byPort map: String, slots: UInt32) -> [Expression] {
    [
      .random(slots, into: .init(0)), .meta(.transport, into: .init(1)), .payload(.transport, offset: 2, length: 2, into: .init(2)),
      .find(map, .init(0), into: .init(0)), .dnat(.ipv6, address: .init(0), port: .init(4)),
    ]
  }

  /// `dnat ip6 to numgen random mod SLOTS . ip6 daddr . meta l4proto . th dport map @MAP`.
  public static func dnat6(byAddressAndPort map: String, slots: UInt32) -> [Expression] {
    [
      .random(slots, into: .init(0)), .payload(.network, offset: 24, length: 16, into: .init(1)), .meta(.transport, into: .init(5)),
      .payload(.transport, offset: 2, length: 2, into: .init(6)), .find(map, .init(0), into: .init(0)),
      .dnat(.ipv6, address: .init(0), port: .init(4)),
    ]
  }
}
