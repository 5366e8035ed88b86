/// What an archive may take before it is refused.
public struct UnpackLimits: Sendable {
  /// Entries of one layer.
  public var entries = 4_000_000
  /// Bytes of one layer's stream, and of its files together (holes included).
  public var bytes: Int64 = 1 << 40
  /// Bytes of one extended attribute.
  public var attribute = 65536
  public init() {}
}
