/// What an archive may take before it is refused.
public struct UnpackLimits: Sendable {
  /// Entries of one layer.
  public var entries = 4_000_000
  /// Bytes of one layer's stream, and of its files together (holes included).
  public var bytes: Int64 = 1 << 40
  /// How many times its packed bytes an archive may come to, beyond what is not asked about. What gzip can do at most is 1,032.
  public var expansion: Int64 = 250
  /// Bytes of content that may be packed however small.
  public var unquestioned: Int64 = 8 << 30
  /// Bytes of one extended attribute.
  public var attribute = 65536
  public init() {}
}
