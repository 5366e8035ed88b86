/// An address that can be counted with: the 32 bits of IPv4 or the 128 of IPv6.
public protocol InternetAddress: Hashable, Comparable, Sendable, CustomStringConvertible {
  associatedtype Value: FixedWidthInteger & UnsignedInteger & Sendable
  /// In the machine's byte order.
  var value: Value { get }
  init(_ value: Value)
  /// The usual notation; nil for anything else.
  init?(_ text: String)
  /// nil for one of the other family.
  init?(_ address: IPAddress)
  var ipAddress: IPAddress { get }
}

extension InternetAddress {
  public static func < (left: Self, right: Self) -> Bool { left.value < right.value }

  /// `IPv4` or `IPv6`.
  public static var familyName: String { Value.bitWidth == 32 ? "IPv4" : "IPv6" }
}
