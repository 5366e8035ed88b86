extension RuntimeSpec {
  /// `linux.seccomp`. Names and values are libseccomp's.
  public struct Seccomp: Sendable, Codable, Hashable {
    /// `SCMP_ACT_ERRNO`.
    public var defaultAction: String
    public var defaultErrnoRet: UInt32?
    /// `SCMP_ARCH_X86_64`.
    public var architectures: [String]?
    /// `SECCOMP_FILTER_FLAG_LOG`.
    public var flags: [String]?
    public var syscalls: [Syscall]?
    public init(defaultAction: String, defaultErrnoRet: UInt32? = nil, architectures: [String]? = nil, syscalls: [Syscall]? = nil) {
      self.defaultAction = defaultAction
      self.defaultErrnoRet = defaultErrnoRet
      self.architectures = architectures
      self.syscalls = syscalls
    }

    /// What happens to calls of these names when all of `args` hold; several tests of one argument are alternatives.
    public struct Syscall: Sendable, Codable, Hashable {
      public var names: [String]
      public var action: String
      public var errnoRet: UInt32?
      public var args: [Argument]?
      public init(names: [String], action: String, errnoRet: UInt32? = nil, args: [Argument]? = nil) {
        self.names = names
        self.action = action
        self.errnoRet = errnoRet
        self.args = args
      }
    }

    public struct Argument: Sendable, Codable, Hashable {
      public var index: UInt32
      public var value: UInt64
      public var valueTwo: UInt64?
      /// `SCMP_CMP_EQ`.
      public var op: String
      public init(index: UInt32, value: UInt64, valueTwo: UInt64? = nil, op: String) {
        self.index = index
        self.value = value
        self.valueTwo = valueTwo
        self.op = op
      }
    }
  }
}
