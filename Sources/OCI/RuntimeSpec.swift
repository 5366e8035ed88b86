/// An OCI runtime `config.json` (OCI Runtime Specification 1.1), the part that Muster writes and reads.
///
/// Property names are the specification's.
public struct RuntimeSpec: Sendable, Codable, Equatable {
  public var ociVersion = "1.1.0"
  public var process: Process
  public var root: Root
  public var hostname: String?
  public var domainname: String?
  public var mounts: [Mount] = []
  public var annotations: [String: String]?
  public var linux = Linux()
  public var hooks: Hooks?

  public init(process: Process, root: Root) {
    self.process = process
    self.root = root
  }

  public struct Root: Sendable, Codable, Equatable {
    public var path: String
    public var readonly: Bool?
    public init(path: String, readonly: Bool? = nil) {
      self.path = path
      self.readonly = readonly
    }
  }

  public struct Process: Sendable, Codable, Equatable {
    public var terminal: Bool?
    public var user: User
    public var args: [String]
    public var env: [String]
    public var cwd: String
    public var capabilities: Capabilities?
    public var rlimits: [Rlimit]?
    public var noNewPrivileges: Bool?
    public var oomScoreAdj: Int?
    public var consoleSize: ConsoleSize?
    public var apparmorProfile: String?
    public init(user: User = User(), args: [String], env: [String] = [], cwd: String = "/") {
      self.user = user
      self.args = args
      self.env = env
      self.cwd = cwd
    }
  }

  /// `username`, when set, is resolved in the container's own passwd and group (`USER[:GROUP]`) and wins over the numbers.
  public struct User: Sendable, Codable, Equatable {
    public var uid: UInt32
    public var gid: UInt32
    public var umask: UInt32?
    public var additionalGids: [UInt32]?
    public var username: String?
    public init(uid: UInt32 = 0, gid: UInt32 = 0, umask: UInt32? = nil, additionalGids: [UInt32]? = nil, username: String? = nil) {
      self.uid = uid
      self.gid = gid
      self.umask = umask
      self.additionalGids = additionalGids
      self.username = username
    }
  }

  public struct Capabilities: Sendable, Codable, Equatable {
    public var bounding: [String]?
    public var effective: [String]?
    public var inheritable: [String]?
    public var permitted: [String]?
    public var ambient: [String]?
    public init(
      bounding: [String]? = nil, effective: [String]? = nil, inheritable: [String]? = nil, permitted: [String]? = nil,
      ambient: [String]? = nil
    ) {
      self.bounding = bounding
      self.effective = effective
      self.inheritable = inheritable
      self.permitted = permitted
      self.ambient = ambient
    }
  }

  public struct Rlimit: Sendable, Codable, Equatable {
    /// `RLIMIT_NOFILE`.
    public var type: String
    public var soft: UInt64
    public var hard: UInt64
    public init(type: String, soft: UInt64, hard: UInt64) {
      self.type = type
      self.soft = soft
      self.hard = hard
    }
  }

  public struct Mount: Sendable, Codable, Equatable {
    public var destination: String
    public var type: String?
    public var source: String?
    /// As `mount(8)` writes them: `nosuid`, `ro`, `rbind`, `size=64m`.
    public var options: [String]?
    /// Who owns its files: numbers of the source and what they are in the container's mount, seen from the host.
    public var uidMappings: [IDMapping]?
    public var gidMappings: [IDMapping]?
    public init(destination: String, type: String? = nil, source: String? = nil, options: [String]? = nil) {
      self.destination = destination
      self.type = type
      self.source = source
      self.options = options
    }
  }

  public struct Linux: Sendable, Codable, Equatable {
    public var namespaces: [Namespace] = []
    public var uidMappings: [IDMapping]?
    public var gidMappings: [IDMapping]?
    public var devices: [Device]?
    public var cgroupsPath: String?
    public var resources: Resources?
    public var sysctl: [String: String]?
    public var maskedPaths: [String]?
    public var readonlyPaths: [String]?
    /// `private`, `rprivate`, `slave`, `rslave`, `shared`, `rshared`.
    public var rootfsPropagation: String?
    public var seccomp: Seccomp?
    public init() {}
  }

  public struct Namespace: Sendable, Codable, Equatable {
    /// `pid`, `network`, `mount`, `ipc`, `uts`, `user`, `cgroup`, `time`.
    public var type: String
    /// Joined instead of made.
    public var path: String?
    public init(type: String, path: String? = nil) {
      self.type = type
      self.path = path
    }
  }

  public struct Device: Sendable, Codable, Equatable {
    /// `c`, `b`, `p`.
    public var type: String
    public var path: String
    public var major: Int64?
    public var minor: Int64?
    public var fileMode: UInt32?
    public var uid: UInt32?
    public var gid: UInt32?
    public init(
      type: String, path: String, major: Int64?, minor: Int64?, fileMode: UInt32? = nil, uid: UInt32? = nil, gid: UInt32? = nil
    ) {
      self.type = type
      self.path = path
      self.major = major
      self.minor = minor
      self.fileMode = fileMode
      self.uid = uid
      self.gid = gid
    }
  }

  public struct Resources: Sendable, Codable, Equatable {
    public var devices: [DeviceRule]?
    public var memory: Memory?
    public var cpu: CPU?
    public var pids: Pids?
    public var blockIO: BlockIO?
    /// File of a version 2 group → what is written to it.
    public var unified: [String: String]?
    public init() {}

    public struct DeviceRule: Sendable, Codable, Equatable {
      public var allow: Bool
      public var type: String?
      public var major: Int64?
      public var minor: Int64?
      public var access: String?
      public init(allow: Bool, type: String? = nil, major: Int64? = nil, minor: Int64? = nil, access: String? = nil) {
        self.allow = allow
        self.type = type
        self.major = major
        self.minor = minor
        self.access = access
      }
    }
    public struct Memory: Sendable, Codable, Equatable {
      public var limit: Int64?
      public var reservation: Int64?
      public var swap: Int64?
      public var swappiness: UInt64?
      public var disableOOMKiller: Bool?
      public init(limit: Int64? = nil, reservation: Int64? = nil, swap: Int64? = nil) {
        self.limit = limit
        self.reservation = reservation
        self.swap = swap
      }
    }
    public struct CPU: Sendable, Codable, Equatable {
      public var shares: UInt64?
      public var quota: Int64?
      public var period: UInt64?
      public var cpus: String?
      public var mems: String?
      public var realtimeRuntime: Int64?
      public var realtimePeriod: UInt64?
      public init(shares: UInt64? = nil, quota: Int64? = nil, period: UInt64? = nil, cpus: String? = nil) {
        self.shares = shares
        self.quota = quota
        self.period = period
        self.cpus = cpus
      }
    }
    public struct Pids: Sendable, Codable, Equatable {
      public var limit: Int64
      public init(limit: Int64) { self.limit = limit }
    }
    public struct BlockIO: Sendable, Codable, Equatable {
      public struct Weight: Sendable, Codable, Equatable {
        public var major: Int64
        public var minor: Int64
        public var weight: UInt16
        public init(major: Int64, minor: Int64, weight: UInt16) {
          self.major = major
          self.minor = minor
          self.weight = weight
        }
      }
      public struct Throttle: Sendable, Codable, Equatable {
        public var major: Int64
        public var minor: Int64
        public var rate: UInt64
        public init(major: Int64, minor: Int64, rate: UInt64) {
          self.major = major
          self.minor = minor
          self.rate = rate
        }
      }
      public var weight: UInt16?
      public var weightDevice: [Weight]?
      public var throttleReadBpsDevice: [Throttle]?
      public var throttleWriteBpsDevice: [Throttle]?
      public var throttleReadIOPSDevice: [Throttle]?
      public var throttleWriteIOPSDevice: [Throttle]?
      public init() {}
    }
  }
}
