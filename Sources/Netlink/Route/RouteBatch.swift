/// Changes to links, addresses and routes that go to the kernel in one `send(2)`.
///
/// Not atomic: the kernel carries out every message, also after one has failed.
public struct RouteBatch: Sendable {
  var writer: MessageWriter
  private(set) var operations: [String] = []

  init(_ writer: MessageWriter) { self.writer = writer }

  mutating func message(
    _ operation: String, type: UInt16, flags: UInt16 = 0, _ body: (inout MessageWriter) -> Void
  ) {
    operations.append(operation)
    writer.message(type: type, flags: HeaderFlags.request | HeaderFlags.ack | flags, body)
  }
}

/// Changes of a link; what is nil stays.
public struct LinkChange: Sendable {
  public var name: String?
  public var isUp: Bool?
  public var mtu: UInt32?
  /// The index of a bridge; 0 takes it off.
  public var master: Int32?
  /// Asks no neighbour for its hardware address: it is as the link's own.
  public var asksNoNeighbours: Bool
  /// Gives the link no IPv6 address of its own accord (`addrgenmode none`).
  public var hasNoIPv6Addresses: Bool
  /// Of a bridge's port: the bridge sends back through it what came from it.
  public var isHairpin: Bool?
  /// Of a bridge's port: it reaches the bridge itself and ports that are not isolated.
  public var isIsolated: Bool?
  public init(
    name: String? = nil, isUp: Bool? = nil, mtu: UInt32? = nil, master: Int32? = nil, hasNoIPv6Addresses: Bool = false,
    asksNoNeighbours: Bool = false, isHairpin: Bool? = nil, isIsolated: Bool? = nil
  ) {
    self.name = name
    self.isUp = isUp
    self.mtu = mtu
    self.master = master
    self.hasNoIPv6Addresses = hasNoIPv6Addresses
    self.asksNoNeighbours = asksNoNeighbours
    self.isHairpin = isHairpin
    self.isIsolated = isIsolated
  }
}

extension MessageWriter {
  /// `struct ifinfomsg`.
  mutating func linkHeader(index: Int32 = 0, isUp: Bool? = nil, asksNoNeighbours: Bool = false) {
    integer(UInt32(0))  // family, padding, type
    integer(index)
    let quiet: UInt32 = asksNoNeighbours ? 0x80 : 0  // IFF_NOARP
    integer((isUp == true ? 1 : 0) | quiet)
    integer((isUp == nil ? 0 : 1) | quiet)
  }
}
