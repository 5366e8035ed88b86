import Glibc

/// An IPv4 or IPv6 address.
public enum IPAddress: Hashable, Sendable, CustomStringConvertible {
  case v4(IPv4Address)
  /// Sixteen bytes in network order.
  case v6([UInt8])

  /// Dotted decimal or colon form, without zone and brackets; nil for anything else.
  public init?(_ text: String) {
    if let address = IPv4Address(text) {
      self = .v4(address)
      return
    }
    var address = in6_addr()
    guard inet_pton(AF_INET6, text, &address) == 1 else { return nil }
    self = .v6(withUnsafeBytes(of: address) { Array($0) })
  }

  /// Four or sixteen bytes in network order.
  public init?(bytes: some Collection<UInt8>) {
    if let address = IPv4Address(bytes: bytes) {
      self = .v4(address)
    } else if bytes.count == 16 {
      self = .v6(Array(bytes))
    } else {
      return nil
    }
  }

  /// In network order.
  public var bytes: [UInt8] {
    switch self {
    case .v4(let address): address.bytes
    case .v6(let bytes): bytes
    }
  }

  var family: UInt8 {
    switch self {
    case .v4: UInt8(AF_INET)
    case .v6: UInt8(AF_INET6)
    }
  }

  public var description: String {
    switch self {
    case .v4(let address): return address.description
    case .v6(let bytes):
      var text = [CChar](repeating: 0, count: Int(INET6_ADDRSTRLEN))
      let count = socklen_t(text.count)
      guard inet_ntop(AF_INET6, bytes, &text, count) != nil else { return "" }
      return String(decoding: text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
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
