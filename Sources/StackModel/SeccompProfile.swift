/// A seccomp profile in Docker's format: which system calls a container may make, as far as its capabilities and the machine do not say otherwise.
public struct SeccompProfile: Sendable, Codable, Hashable {
  /// What happens to a call.
  public enum Action: String, Sendable, Codable, CaseIterable {
    case allow = "SCMP_ACT_ALLOW"
    case errno = "SCMP_ACT_ERRNO"
    case log = "SCMP_ACT_LOG"
    case trap = "SCMP_ACT_TRAP"
    case trace = "SCMP_ACT_TRACE"
    case kill = "SCMP_ACT_KILL"
    case killThread = "SCMP_ACT_KILL_THREAD"
    case killProcess = "SCMP_ACT_KILL_PROCESS"
  }
  public enum Comparison: String, Sendable, Codable, CaseIterable {
    case notEqual = "SCMP_CMP_NE"
    case less = "SCMP_CMP_LT"
    case lessOrEqual = "SCMP_CMP_LE"
    case equal = "SCMP_CMP_EQ"
    case greaterOrEqual = "SCMP_CMP_GE"
    case greater = "SCMP_CMP_GT"
    /// The argument's bits of `value` are `valueTwo`.
    case masked = "SCMP_CMP_MASKED_EQ"
  }
  public struct Argument: Sendable, Codable, Hashable {
    public var index: UInt32
    public var value: UInt64
    public var valueTwo: UInt64
    public var comparison: Comparison
    public init(index: UInt32, value: UInt64, valueTwo: UInt64 = 0, comparison: Comparison) {
      self.index = index
      self.value = value
      self.valueTwo = valueTwo
      self.comparison = comparison
    }
  }
  /// `includes` or `excludes`: when a rule counts, or does not. Nothing asks for nothing.
  public struct Circumstances: Sendable, Codable, Hashable {
    public var capabilities: [String]
    /// In libseccomp's words: `amd64`.
    public var architectures: [String]
    /// `minKernel`: `4.8`.
    public var kernel: KernelRelease?
    public init(capabilities: [String] = [], architectures: [String] = [], kernel: KernelRelease? = nil) {
      self.capabilities = capabilities
      self.architectures = architectures
      self.kernel = kernel
    }
  }
  public struct KernelRelease: Sendable, Codable, Hashable {
    public var major: Int
    public var minor: Int
    public init(major: Int, minor: Int) {
      self.major = major
      self.minor = minor
    }
  }
  /// One of `syscalls`.
  public struct Rule: Sendable, Codable, Hashable {
    public var names: [String]
    public var action: Action
    /// `errnoRet`.
    public var errno: UInt16?
    public var arguments: [Argument]
    public var includes: Circumstances
    public var excludes: Circumstances
    public init(
      names: [String], action: Action, errno: UInt16? = nil, arguments: [Argument] = [], includes: Circumstances = Circumstances(),
      excludes: Circumstances = Circumstances()
    ) {
      self.names = names
      self.action = action
      self.errno = errno
      self.arguments = arguments
      self.includes = includes
      self.excludes = excludes
    }
  }
  /// One of `archMap`: an architecture, and those whose programs run on it too.
  public struct Family: Sendable, Codable, Hashable {
    public var architecture: String
    public var others: [String]
    public init(architecture: String, others: [String] = []) {
      self.architecture = architecture
      self.others = others
    }
  }

  /// The file that it was read from, as it was written.
  public var source: String
  public var defaultAction: Action
  /// `defaultErrnoRet`.
  public var defaultErrno: UInt16?
  /// `SCMP_ARCH_X86_64`.
  public var architectures: [String]
  /// `archMap`.
  public var families: [Family]
  public var rules: [Rule]
  public init(
    source: String, defaultAction: Action, defaultErrno: UInt16? = nil, architectures: [String] = [], families: [Family] = [],
    rules: [Rule] = []
  ) {
    self.source = source
    self.defaultAction = defaultAction
    self.defaultErrno = defaultErrno
    self.architectures = architectures
    self.families = families
    self.rules = rules
  }
}
