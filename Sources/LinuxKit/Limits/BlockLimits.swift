/// Shares and limits of block devices' bandwidth.
public struct BlockLimits: Equatable, Sendable {
  /// A value for one device.
  public struct Entry: Equatable, Sendable {
    public var major: UInt32
    public var minor: UInt32
    public var value: UInt64
    public init(major: UInt32, minor: UInt32, value: UInt64) {
      self.major = major
      self.minor = minor
      self.value = value
    }
  }
  /// What a device is limited in.
  public enum Measure: CaseIterable, Sendable {
    case readBytes, writeBytes, readOperations, writeOperations
  }
  /// 10 to 1000, of which 500 is the usual.
  public var weight: UInt64?
  public var deviceWeights: [Entry]
  /// A second.
  public var limits: [Measure: [Entry]]

  public init(weight: UInt64? = nil, deviceWeights: [Entry] = [], limits: [Measure: [Entry]] = [:]) {
    self.weight = weight
    self.deviceWeights = deviceWeights
    self.limits = limits
  }

  /// Whether a weight is asked for.
  public var hasWeights: Bool { weight != nil || !deviceWeights.isEmpty }
  /// Whether a limit is asked for.
  public var hasLimits: Bool { limits.values.contains { !$0.isEmpty } }
}
