/// A length of time as stack files write it (`1m30s`), in nanoseconds, encoded as one number.
public struct Timespan: Hashable, Comparable, Codable, Sendable {
  public var nanoseconds: Int64
  public init(nanoseconds: Int64) { self.nanoseconds = nanoseconds }
  public static func seconds(_ value: Int64) -> Timespan { Timespan(nanoseconds: value * 1_000_000_000) }
  public static func milliseconds(_ value: Int64) -> Timespan { Timespan(nanoseconds: value * 1_000_000) }
  /// The same length for Swift's clocks.
  public var duration: Duration { .nanoseconds(nanoseconds) }
  public init(from decoder: any Decoder) throws { nanoseconds = try decoder.singleValueContainer().decode(Int64.self) }
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(nanoseconds)
  }
  public static func < (left: Self, right: Self) -> Bool { left.nanoseconds < right.nanoseconds }
}
