/// An interface's name, or the beginning of some.
public enum LinkPattern: Hashable, Sendable {
  case name(String)
  case prefix(String)

  var bytes: [UInt8] {
    switch self {
    case .name(let name): paddedName(name)
    case .prefix(let name): Array(name.utf8)
    }
  }
}

/// The usual beginnings of rules, in the words of `nft(8)`.
extension [Expression] {
  /// `meta nfproto ipv4`.
  public static let isIPv4: [Expression] = [.meta(.networkProtocol, into: .init(0)), .compare(.init(0), .equal, [2])]

  /// `iifname NAME` or `iifname != NAME`.
  public static func input(_ comparison: Expression.Comparison, _ name: String) -> [Expression] {
    [.meta(.inputName, into: .init(0)), .compare(.init(0), comparison, paddedName(name))]
  }

  /// `iifname "NAME"`, or every name that begins so (`"NAME*"`).
  public static func input(_ pattern: LinkPattern) -> [Expression] {
    [.meta(.inputName, into: .init(0)), .compare(.init(0), .equal, pattern.bytes)]
  }

  /// The same of `oifname`.
  public static func output(_ pattern: LinkPattern) -> [Expression] {
    [.meta(.outputName, into: .init(0)), .compare(.init(0), .equal, pattern.bytes)]
  }

  /// `iifname @SET`.
  public static func input(in set: String, negated: Bool = false) -> [Expression] {
    [.meta(.inputName, into: .init(0)), .isIn(set, .init(0), negated: negated)]
  }

  /// `oifname @SET`.
  public static func output(in set: String, negated: Bool = false) -> [Expression] {
    [.meta(.outputName, into: .init(0)), .isIn(set, .init(0), negated: negated)]
  }

  /// `iifname . oifname @SET`.
  public static func inputAndOutput(in set: String) -> [Expression] {
    [.meta(.inputName, into: .init(0)), .meta(.outputName, into: .init(4)), .isIn(set, .init(0))]
  }

  /// `ip saddr 127.0.0.0/8`; after `isIPv4`.
  public static let sourceIsLoopback: [Expression] = [
    .payload(.network, offset: 12, length: 1, into: .init(0)), .compare(.init(0), .equal, [127]),
  ]

  /// `ip daddr 127.0.0.0/8`; after `isIPv4`.
  public static let destinationIsLoopback: [Expression] = [
    .payload(.network, offset: 16, length: 1, into: .init(0)), .compare(.init(0), .equal, [127]),
  ]

  /// `ip saddr . ip daddr @SET`; after `isIPv4`.
  public static func sourceAndDestination(in set: String) -> [Expression] {
    [.payload(.network, offset: 12, length: 8, into: .init(0)), .isIn(set, .init(0))]
  }

  /// `fib daddr type local`: the packet is for an address of this machine.
  public static let destinationIsLocal: [Expression] = [
    .destinationType(into: .init(0)), .compare(.init(0), .equal, hostOrder(2)),  // RTN_LOCAL
  ]

  /// `ct state established,related`.
  public static let isEstablished: [Expression] = [
    .connection(.state, into: .init(0)), .mask(.init(0), 2 | 4), .compare(.init(0), .notEqual, hostOrder(0)),
  ]

  /// `ct status dnat`: the connection's destination was rewritten.
  public static let isRedirected: [Expression] = [
    .connection(.status, into: .init(0)), .mask(.init(0), 1 << 5), .compare(.init(0), .notEqual, hostOrder(0)),
  ]

  /// `ct state new`.
  public static let isNew: [Expression] = [
    .connection(.state, into: .init(0)), .mask(.init(0), 8), .compare(.init(0), .notEqual, hostOrder(0)),
  ]

  /// `meta l4proto . th dport @SET`.
  public static func port(in set: String) -> [Expression] {
    [.meta(.transport, into: .init(0)), .payload(.transport, offset: 2, length: 2, into: .init(1)), .isIn(set, .init(0))]
  }

  /// `ip daddr . meta l4proto . th dport @SET`; after `isIPv4`.
  public static func addressAndPort(in set: String) -> [Expression] {
    [
      .payload(.network, offset: 16, length: 4, into: .init(0)), .meta(.transport, into: .init(1)),
      .payload(.transport, offset: 2, length: 2, into: .init(2)), .isIn(set, .init(0)),
    ]
  }

  /// `dup to NEIGHBOUR device INDEX`: a copy of the packet leaves by an interface. Not in the family `inet`.
  public static func copy(to neighbour: IPAddress, device index: Int32) -> [Expression] {
    [
      .constant(neighbour.bytes, into: .init(0)), .constant(hostOrder(UInt32(bitPattern: index)), into: .init(4)),
      .duplicate(address: .init(0), device: .init(4)),
    ]
  }

  /// `dnat ip to meta l4proto . th dport map @MAP`; after `isIPv4`.
  public static func dnat(byPort map: String) -> [Expression] {
    [
      .meta(.transport, into: .init(0)), .payload(.transport, offset: 2, length: 2, into: .init(1)),
      .find(map, .init(0), into: .init(0)), .dnat(.ipv4, address: .init(0), port: .init(1)),
    ]
  }

  /// `dnat ip to ip daddr . meta l4proto . th dport map @MAP`; after `isIPv4`.
  public static func dnat(byAddressAndPort map: String) -> [Expression] {
    [
      .payload(.network, offset: 16, length: 4, into: .init(0)), .meta(.transport, into: .init(1)),
      .payload(.transport, offset: 2, length: 2, into: .init(2)), .find(map, .init(0), into: .init(0)),
      .dnat(.ipv4, address: .init(0), port: .init(1)),
    ]
  }

  /// `dnat ip to numgen random mod SLOTS . meta l4proto . th dport map @MAP`; after `isIPv4`.
  public static func dnat(byPort map: String, slots: UInt32) -> [Expression] {
    [
      .random(slots, into: .init(0)), .meta(.transport, into: .init(1)), .payload(.transport, offset: 2, length: 2, into: .init(2)),
      .find(map, .init(0), into: .init(0)), .dnat(.ipv4, address: .init(0), port: .init(1)),
    ]
  }

  /// `dnat ip to numgen random mod SLOTS . ip daddr . meta l4proto . th dport map @MAP`; after `isIPv4`.
  public static func dnat(byAddressAndPort map: String, slots: UInt32) -> [Expression] {
    [
      .random(slots, into: .init(0)), .payload(.network, offset: 16, length: 4, into: .init(1)), .meta(.transport, into: .init(2)),
      .payload(.transport, offset: 2, length: 2, into: .init(3)), .find(map, .init(0), into: .init(0)),
      .dnat(.ipv4, address: .init(0), port: .init(1)),
    ]
  }
}

private func hostOrder(_ value: UInt32) -> [UInt8] { withUnsafeBytes(of: value) { Array($0) } }
