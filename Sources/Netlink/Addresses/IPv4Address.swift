import Glibc

/// An IPv4 address as a number, so that it can be counted with.
public struct IPv4Address: InternetAddress {
  /// In the machine's byte order: 127.0.0.1 is 0x7F000001.
  public var value: UInt32

  public init(_ value: UInt32) { self.value = value }

  /// Dotted decimal, four parts without leading zeros; nil for anything else.
  public init?(_ text: String) {
    var address = in_addr()
    guard inet_pton(AF_INET, text, &address) == 1 else { return nil }
    value = UInt32(bigEndian: address.s_addr)
  }

  /// Four bytes in network order.
  public init?(bytes: some Collection<UInt8>) {
    guard bytes.count == 4 else { return nil }
    value = bytes.reduce(0) { $0 << 8 | UInt32($1) }
  }

  public init?(_ address: IPAddress) {
    guard case .v4(let own) = address else { return nil }
    self = own
  }

  public var ipAddress: IPAddress { .v4(self) }

  /// Four bytes in network order.
  public var bytes: [UInt8] { [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: value >> $0) } }

  /// In 127.0.0.0/8.
  public var isLoopback: Bool { value >> 24 == 127 }

  public var description: String { bytes.map { String($0) }.joined(separator: ".") }
}
