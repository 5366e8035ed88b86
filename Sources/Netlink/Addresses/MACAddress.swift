/// An Ethernet hardware address.
public struct MACAddress: Hashable, Sendable, CustomStringConvertible {
  /// Six bytes.
  public let bytes: [UInt8]

  public init?(bytes: some Collection<UInt8>) {
    guard bytes.count == 6 else { return nil }
    self.bytes = Array(bytes)
  }

  /// `02:42:ac:12:00:02`; hyphens will do as well.
  public init?(_ text: String) {
    let parts = text.split(omittingEmptySubsequences: false) { $0 == ":" || $0 == "-" }
    let bytes = parts.compactMap { $0.utf8.count == 2 ? UInt8($0, radix: 16) : nil }
    guard parts.count == 6, bytes.count == 6, !text.contains("+") else { return nil }
    self.bytes = bytes
  }

  /// `02:42:` and the four bytes of the address, Docker's habit: the same address always has the same hardware address.
  public init(for address: IPv4Address) { bytes = [0x02, 0x42] + address.bytes }

  /// Of an IPv6 address the last four bytes count.
  public init(for address: IPAddress) { bytes = [0x02, 0x42] + address.bytes.suffix(4) }

  /// One interface's: neither a group's nor all zeros.
  public var isUnicast: Bool { bytes[0] & 1 == 0 && bytes.contains { $0 != 0 } }

  public var description: String {
    bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined(separator: ":")
  }
}
