import Glibc

/// An IPv6 address as a number, so that it can be counted with.
public struct IPv6Address: InternetAddress {
  // Halves, since a UInt128 wants to lie at a multiple of sixteen bytes, which a frame of an async function (Swift 6.3) is not sure to do.
  private let high: UInt64
  private let low: UInt64

  /// In the machine's byte order: ::1 is 1.
  public var value: UInt128 { UInt128(high) << 64 | UInt128(low) }

  public init(_ value: UInt128) {
    high = UInt64(truncatingIfNeeded: value >> 64)
    low = UInt64(truncatingIfNeeded: value)
  }

  /// Colon form, without zone and brackets; nil for anything else.
  public init?(_ text: String) {
    var address = in6_addr()
    guard inet_pton(AF_INET6, text, &address) == 1 else { return nil }
    self.init(withUnsafeBytes(of: address) { $0.reduce(0) { $0 << 8 | UInt128($1) } })
  }

  /// Sixteen bytes in network order.
  public init?(bytes: some Collection<UInt8>) {
    guard bytes.count == 16 else { return nil }
    self.init(bytes.reduce(0) { $0 << 8 | UInt128($1) })
  }

  public init?(_ address: IPAddress) {
    guard case .v6(let own) = address else { return nil }
    self = own
  }

  public var ipAddress: IPAddress { .v6(self) }

  /// Sixteen bytes in network order.
  public var bytes: [UInt8] { [high, low].flatMap { half in withUnsafeBytes(of: half.bigEndian) { Array($0) } } }

  /// `::1`.
  public var isLoopback: Bool { high == 0 && low == 1 }

  public var description: String {
    var text = [CChar](repeating: 0, count: Int(INET6_ADDRSTRLEN))
    let count = socklen_t(text.count)
    guard inet_ntop(AF_INET6, bytes, &text, count) != nil else { return "" }
    return String(decoding: text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }
}
