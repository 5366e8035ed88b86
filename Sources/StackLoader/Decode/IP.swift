import Glibc

/// An IPv4 or IPv6 address as its bytes.
package struct IP: Equatable {
  package var bytes: [UInt8]
  package var family: String { bytes.count == 4 ? "IPv4" : "IPv6" }

  package init?(_ text: String) {
    var four = in_addr(), six = in6_addr()
    if inet_pton(AF_INET, text, &four) == 1 {
      bytes = withUnsafeBytes(of: four) { Array($0) }
    } else if inet_pton(AF_INET6, text, &six) == 1 {
      bytes = withUnsafeBytes(of: six) { Array($0) }
    } else {
      return nil
    }
  }

  /// A network in CIDR notation.
  package struct Range {
    package var base: IP
    package var length: Int
    package var family: String { base.family }

    package init?(_ text: String) {
      let parts = text.split(separator: "/", omittingEmptySubsequences: false)
      guard parts.count == 2, let base = IP(String(parts[0])), let length = Int(parts[1]), (0...base.bytes.count * 8).contains(length)
      else { return nil }
      self.base = base
      self.length = length
    }

    package func overlaps(_ other: Range) -> Bool { contains(other.base) || other.contains(base) }

    package func contains(_ address: IP) -> Bool {
      guard address.bytes.count == base.bytes.count else { return false }
      return (0..<length).allSatisfy { (address.bytes[$0 / 8] ^ base.bytes[$0 / 8]) & (0x80 >> UInt8($0 % 8)) == 0 }
    }
  }
}
