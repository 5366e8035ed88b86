import Glibc

/// An IPv4 or IPv6 address.
public enum IPAddress: Hashable, Sendable, CustomStringConvertible {
  case v4(IPv4Address)
  case v6(IPv6Address)

  /// Dotted decimal or colon form, without zone and brackets; nil for anything else.
  public init?(_ text: String) {
    if let address = IPv4Address(text) {
      self = .v4(address)
    } else if let address = IPv6Address(text) {
      self = .v6(address)
    } else {
      return nil
    }
  }

  /// Four or sixteen bytes in network order.
  public init?(bytes: some Collection<UInt8>) {
    if let address = IPv4Address(bytes: bytes) {
      self = .v4(address)
    } else if let address = IPv6Address(bytes: bytes) {
      self = .v6(address)
    } else {
      return nil
    }
  }

  /// In network order.
  public var bytes: [UInt8] {
    switch self {
    case .v4(let address): address.bytes
    case .v6(let address): address.bytes
    }
  }

  /// `AF_INET` or `AF_INET6`.
  public var family: UInt8 {
    switch self {
    case .v4: UInt8(AF_INET)
    case .v6: UInt8(AF_INET6)
    }
  }

  public var isIPv6: Bool { family == UInt8(AF_INET6) }

  /// `0.0.0.0` or `::`: every address of the family.
  public var isUnspecified: Bool {
    switch self {
    case .v4(let address): address.value == 0
    case .v6(let address): address == IPv6Address(0)
    }
  }

  public var description: String {
    switch self {
    case .v4(let address): address.description
    case .v6(let address): address.description
    }
  }
}

/// An address with the length of its network's prefix: `172.18.0.2/24`, `fd00::2/64`.
public struct CIDR: Hashable, Sendable, CustomStringConvertible {
  public var address: IPAddress
  public var prefix: Int

  public init(_ address: IPAddress, prefix: Int) {
    self.address = address
    self.prefix = prefix
  }

  /// nil unless both parts are there and the prefix is possible for the address.
  public init?(_ text: String) {
    let parts = text.split(separator: "/", omittingEmptySubsequences: false)
    guard parts.count == 2, let address = IPAddress(String(parts[0])), !parts[1].isEmpty,
      parts[1].utf8.allSatisfy({ (48...57).contains($0) }), let prefix = Int(parts[1]), prefix <= address.bytes.count * 8
    else { return nil }
    self.init(address, prefix: prefix)
  }

  public var description: String { address.description + "/" + String(prefix) }
}
