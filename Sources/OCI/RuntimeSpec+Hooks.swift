extension RuntimeSpec {
  /// Programs that are run at moments of a container's life, with its state (JSON) on standard input.
  public struct Hooks: Sendable, Codable, Equatable {
    public var prestart: [Hook]?
    public var createRuntime: [Hook]?
    public var createContainer: [Hook]?
    public var startContainer: [Hook]?
    public var poststart: [Hook]?
    public var poststop: [Hook]?
    public init() {}
  }

  public struct Hook: Sendable, Codable, Equatable {
    /// Absolute.
    public var path: String
    /// As of `execv(3)`: the first is the program's name.
    public var args: [String]?
    /// `NAME=VALUE`.
    public var env: [String]?
    /// Seconds.
    public var timeout: Int?
    public init(path: String, args: [String]? = nil, env: [String]? = nil, timeout: Int? = nil) {
      self.path = path
      self.args = args
      self.env = env
      self.timeout = timeout
    }
  }

  /// A terminal's size in characters.
  public struct ConsoleSize: Sendable, Codable, Equatable {
    public var height: UInt16
    public var width: UInt16
    public init(height: UInt16, width: UInt16) {
      self.height = height
      self.width = width
    }
  }

  /// Numbers of a user namespace and what they are outside.
  public struct IDMapping: Sendable, Codable, Equatable {
    public var containerID: UInt32
    public var hostID: UInt32
    public var size: UInt32
    public init(containerID: UInt32, hostID: UInt32, size: UInt32) {
      self.containerID = containerID
      self.hostID = hostID
      self.size = size
    }
  }
}
