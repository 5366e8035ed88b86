/// A range of addresses with a common prefix: 172.18.0.0/16, fd00:0:0:1::/64.
public struct Subnet<Address: InternetAddress>: Hashable, Sendable, CustomStringConvertible {
  /// The lowest address; its host bits are zero.
  public let base: Address
  /// From 0 to the address's length in bits.
  public let prefix: Int

  /// The subnet that `address` is in.
  public init?(_ address: Address, prefix: Int) {
    guard (0...Address.Value.bitWidth).contains(prefix) else { return nil }
    self.prefix = prefix
    base = Address(address.value & Self.mask(prefix))
  }

  /// `172.18.0.0/16`; host bits are cleared.
  public init?(_ text: String) {
    guard let cidr = CIDR(text), let address = Address(cidr.address) else { return nil }
    self.init(address, prefix: cidr.prefix)
  }

  private static func mask(_ prefix: Int) -> Address.Value {
    prefix == 0 ? 0 : ~Address.Value(0) << (Address.Value.bitWidth - prefix)
  }

  /// The highest address: the broadcast address of an IPv4 subnet with hosts.
  public var last: Address { Address(base.value | ~Self.mask(prefix)) }

  public func contains(_ address: Address) -> Bool { address.value & Self.mask(prefix) == base.value }

  public func contains(_ other: Subnet) -> Bool { prefix <= other.prefix && contains(other.base) }

  public func overlaps(_ other: Subnet) -> Bool { contains(other.base) || other.contains(base) }

  public var description: String { base.description + "/" + String(prefix) }
}

public typealias IPv4Subnet = Subnet<IPv4Address>
public typealias IPv6Subnet = Subnet<IPv6Address>
