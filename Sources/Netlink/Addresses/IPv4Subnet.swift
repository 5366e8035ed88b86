/// A range of IPv4 addresses with a common prefix: 172.18.0.0/16.
public struct IPv4Subnet: Hashable, Sendable, CustomStringConvertible {
  /// The lowest address; its host bits are zero.
  public let base: IPv4Address
  /// 0…32.
  public let prefix: Int

  /// The subnet that `address` is in.
  public init?(_ address: IPv4Address, prefix: Int) {
    guard (0...32).contains(prefix) else { return nil }
    self.prefix = prefix
    base = IPv4Address(address.value & IPv4Subnet.mask(prefix))
  }

  /// `172.18.0.0/16`; host bits are cleared.
  public init?(_ text: String) {
    guard let cidr = CIDR(text), case .v4(let address) = cidr.address else { return nil }
    self.init(address, prefix: cidr.prefix)
  }

  private static func mask(_ prefix: Int) -> UInt32 { prefix == 0 ? 0 : ~0 << UInt32(32 - prefix) }

  /// The highest address: the broadcast address of a subnet with hosts.
  public var last: IPv4Address { IPv4Address(base.value | ~IPv4Subnet.mask(prefix)) }

  public func contains(_ address: IPv4Address) -> Bool { address.value & IPv4Subnet.mask(prefix) == base.value }

  public func contains(_ other: IPv4Subnet) -> Bool { prefix <= other.prefix && contains(other.base) }

  public func overlaps(_ other: IPv4Subnet) -> Bool { contains(other.base) || other.contains(base) }

  public var description: String { base.description + "/" + String(prefix) }
}
