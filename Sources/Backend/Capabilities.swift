/// What a backend is and can do.
public struct Capabilities: Sendable, Codable, Equatable {
  public var version: String
  public var apiVersion: String
  public var kernel: String
  /// `v1`, `hybrid`, `v2`.
  public var cgroups: String
  public var root: String
  public var pid: Int32
  public init(version: String, apiVersion: String, kernel: String, cgroups: String, root: String, pid: Int32) {
    self.version = version
    self.apiVersion = apiVersion
    self.kernel = kernel
    self.cgroups = cgroups
    self.root = root
    self.pid = pid
  }
}
