/// Limits of the processor that Linux has not.
public struct CPURequests: Sendable, Codable, Equatable {
  /// `cpu_count`: usable processors; Windows.
  public var count: Int?
  /// `cpu_percent`: of all of them together; Windows.
  public var percent: Double?
  public init() {}
}

/// `logging`, as it is written.
public struct LoggingRequest: Sendable, Codable, Equatable {
  public var driver: String
  public var options: [String: String]
  public init(driver: String, options: [String: String] = [:]) {
    self.driver = driver
    self.options = options
  }
}
