import Glibc

/// `10.0.0.0/8`, `fd00::/8`: addresses that begin alike.
struct AddressBlock: Sendable, Equatable {
  private let bytes: [UInt8]
  private let length: Int

  /// nil: the text is no block.
  init?(_ text: String) {
    let parts = text.split(separator: "/", omittingEmptySubsequences: false)
    guard parts.count == 2, let length = Int(parts[1]), let bytes = Self.bytes(String(parts[0])), (0...bytes.count * 8).contains(length)
    else { return nil }
    self.bytes = bytes
    self.length = length
  }

  /// Whether a host's name is an address of the block. No resolver is asked.
  func contains(_ host: String) -> Bool {
    guard let address = Self.bytes(host), address.count == bytes.count else { return false }
    return zip(address, bytes).enumerated().allSatisfy { index, pair in
      let significant = max(0, min(8, length - index * 8))
      let mask = UInt8(truncatingIfNeeded: 0xFF00 >> significant)
      return pair.0 & mask == pair.1 & mask
    }
  }

  /// Four of an IPv4 address, sixteen of an IPv6 address.
  private static func bytes(_ text: String) -> [UInt8]? {
    if let numbers = HostPlace.ipv4(text) { return numbers }
    var address = in6_addr()
    guard inet_pton(AF_INET6, text, &address) == 1 else { return nil }
    return withUnsafeBytes(of: &address) { Array($0) }
  }
}
