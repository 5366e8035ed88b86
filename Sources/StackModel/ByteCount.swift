/// An amount of memory or disk, in bytes.
public struct ByteCount: Hashable, Comparable, Codable, Sendable, ExpressibleByIntegerLiteral {
  public var bytes: Int64
  public init(_ bytes: Int64) { self.bytes = bytes }
  public init(integerLiteral value: Int64) { self.bytes = value }
  public init(from decoder: any Decoder) throws { bytes = try decoder.singleValueContainer().decode(Int64.self) }
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(bytes)
  }
  public static func < (left: Self, right: Self) -> Bool { left.bytes < right.bytes }
}
