import StackModel

/// What an engine and its machine are, in the words of Docker's `GET /info`.
public struct SystemInformation: Sendable, Codable, Equatable {
  /// What drivers there are, by what they are for.
  public struct PluginNames: Sendable, Codable, Equatable {
    public var Volume: [String]
    public var Network: [String]
    public var Log: [String]
    public init(Volume: [String], Network: [String], Log: [String]) {
      self.Volume = Volume
      self.Network = Network
      self.Log = Log
    }
  }
  public var ID: String
  public var Name: String
  public var ServerVersion: String
  public var Containers: Int
  public var ContainersRunning: Int
  public var ContainersPaused: Int
  public var ContainersStopped: Int
  public var Images: Int
  public var Driver: String
  public var LoggingDriver: String
  public var CgroupDriver: String
  public var CgroupVersion: String
  public var KernelVersion: String
  public var OperatingSystem: String
  public var OSType: String
  public var Architecture: String
  public var NCPU: Int
  public var MemTotal: Int64
  public var DockerRootDir: String
  public var SecurityOptions: [String]
  public var DefaultRuntime: String
  public var Warnings: [String]
  /// nil of an engine that does not tell.
  public var Plugins: PluginNames?
  public init(
    ID: String, Name: String, ServerVersion: String, Containers: Int, ContainersRunning: Int, ContainersPaused: Int, ContainersStopped: Int,
    Images: Int, CgroupDriver: String, CgroupVersion: String, KernelVersion: String, OperatingSystem: String, Architecture: String,
    NCPU: Int, MemTotal: Int64, DockerRootDir: String, SecurityOptions: [String], Warnings: [String]
  ) {
    self.ID = ID
    self.Name = Name
    self.ServerVersion = ServerVersion
    self.Containers = Containers
    self.ContainersRunning = ContainersRunning
    self.ContainersPaused = ContainersPaused
    self.ContainersStopped = ContainersStopped
    self.Images = Images
    Driver = "overlay2"
    LoggingDriver = "json-file"
    self.CgroupDriver = CgroupDriver
    self.CgroupVersion = CgroupVersion
    self.KernelVersion = KernelVersion
    self.OperatingSystem = OperatingSystem
    OSType = "linux"
    self.Architecture = Architecture
    self.NCPU = NCPU
    self.MemTotal = MemTotal
    self.DockerRootDir = DockerRootDir
    self.SecurityOptions = SecurityOptions
    DefaultRuntime = "muster"
    self.Warnings = Warnings
    Plugins = PluginNames(
      Volume: ["local"], Network: ["bridge", "host", "ipvlan", "macvlan", "null"], Log: Logging.Driver.allCases.map(\.rawValue).sorted())
  }
}
