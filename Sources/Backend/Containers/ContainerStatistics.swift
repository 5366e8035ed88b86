/// What a container has used until a moment, under Docker's names (`GET /containers/{id}/stats`). Twice, and the difference is what it uses.
public struct ContainerStatistics: Sendable, Codable, Equatable {
  public struct CPU: Sendable, Codable, Equatable {
    public struct Usage: Sendable, Codable, Equatable {
      /// Nanoseconds.
      public var total_usage: Int64 = 0
      public init() {}
    }
    public var cpu_usage = Usage()
    /// Nanoseconds of all processors, idle ones too.
    public var system_cpu_usage: Int64 = 0
    public var online_cpus = 0
    public init() {}
  }
  public struct Memory: Sendable, Codable, Equatable {
    /// Bytes, without file cache that is not in use.
    public var usage: Int64 = 0
    public var limit: Int64 = 0
    public init() {}
  }
  public struct Network: Sendable, Codable, Equatable {
    public var rx_bytes: Int64 = 0
    public var rx_packets: Int64 = 0
    public var rx_errors: Int64 = 0
    public var rx_dropped: Int64 = 0
    public var tx_bytes: Int64 = 0
    public var tx_packets: Int64 = 0
    public var tx_errors: Int64 = 0
    public var tx_dropped: Int64 = 0
    public init() {}
  }
  public struct Blocks: Sendable, Codable, Equatable {
    public struct Entry: Sendable, Codable, Equatable {
      public var major: Int
      public var minor: Int
      /// `read`, `write`.
      public var op: String
      public var value: Int64
      public init(major: Int, minor: Int, op: String, value: Int64) {
        self.major = major
        self.minor = minor
        self.op = op
        self.value = value
      }
    }
    public var io_service_bytes_recursive: [Entry] = []
    public init() {}
  }
  public struct Processes: Sendable, Codable, Equatable {
    public var current: Int64 = 0
    public init() {}
  }
  public var id: String
  /// With a slash before it.
  public var name: String
  /// RFC 3339.
  public var read: String
  /// The sample before: always empty, as of Docker's `one-shot`.
  public var preread = "0001-01-01T00:00:00Z"
  public var cpu_stats = CPU()
  public var precpu_stats = CPU()
  public var memory_stats = Memory()
  public var blkio_stats = Blocks()
  public var pids_stats = Processes()
  public var networks: [String: Network] = [:]
  public init(id: String, name: String, read: String) {
    self.id = id
    self.name = name
    self.read = read
  }
}
