public import Netlink

/// A range that is cut into subnets of one size.
public struct AddressRange<Address: InternetAddress>: Sendable, Equatable {
  public var range: Subnet<Address>
  /// The prefix length of each subnet.
  public var prefix: Int

  public init(_ range: Subnet<Address>, prefix: Int) {
    self.range = range
    self.prefix = prefix
  }

  /// The first subnet that overlaps none of `taken`.
  static func choose(from pools: [AddressRange], avoiding taken: [Subnet<Address>]) -> Subnet<Address>? {
    for pool in pools where pool.prefix >= pool.range.prefix {
      var candidate = Subnet<Address>(pool.range.base, prefix: pool.prefix)
      while let subnet = candidate, pool.range.contains(subnet) {
        guard let obstacle = taken.first(where: { $0.overlaps(subnet) }) else { return subnet }
        // Jump behind whichever is larger, so that a large obstacle costs one step.
        let last = max(obstacle.last, subnet.last)
        guard last.value < .max else { break }
        candidate = Subnet<Address>(Address(last.value + 1), prefix: pool.prefix)
      }
    }
    return nil
  }
}

public typealias SubnetPool = AddressRange<IPv4Address>
public typealias SubnetPool6 = AddressRange<IPv6Address>

extension AddressRange<IPv4Address> {
  /// Docker's ranges in smaller pieces: 172.17–31, then 192.168, then 10, 4094 addresses in each subnet.
  public static var standard: [SubnetPool] {
    ((17...31).map { "172.\($0).0.0/16" } + ["192.168.0.0/16", "10.0.0.0/8"])
      .compactMap { IPv4Subnet($0) }.map { SubnetPool($0, prefix: 20) }
  }
}

extension AddressRange<IPv6Address> {
  /// The /48 of unique local addresses (RFC 4193) whose forty bits come from what tells this machine and this engine from others; a /64 each.
  static func local(to identity: String) -> [SubnetPool6] {
    let number = UInt128(fingerprint(identity) & 0xFF_FFFF_FFFF)
    let base = IPv6Address(UInt128(0xFD) << 120 | number << 80)
    return IPv6Subnet(base, prefix: 48).map { [SubnetPool6($0, prefix: 64)] } ?? []
  }
}

/// FNV-1a, 64 bits, folded.
func fingerprint(_ text: String) -> UInt64 {
  var value: UInt64 = 0xCBF2_9CE4_8422_2325
  for byte in text.utf8 { value = (value ^ UInt64(byte)) &* 0x100_0000_01B3 }
  return value ^ value >> 32
}
