/// What a container may do with devices, one line of the kernel's device controller (cgroup-v1/devices.rst).
public struct DeviceRule: Equatable, Sendable {
  public enum Kind: String, Equatable, Sendable {
    case character = "c"
    case block = "b"
    case any = "a"
  }
  /// `m`, `r`, `w`.
  public struct Access: OptionSet, Equatable, Sendable {
    public let rawValue: UInt8
    public init(rawValue: UInt8) { self.rawValue = rawValue }
    // The bits of `BPF_DEVCG_ACC_*` (linux/bpf.h).
    public static let make = Access(rawValue: 1)
    public static let read = Access(rawValue: 2)
    public static let write = Access(rawValue: 4)
    public static let all: Access = [.make, .read, .write]

    /// From letters; nil when there is another letter, or none.
    public init?(letters: String) {
      var access: Access = []
      for letter in letters {
        switch letter {
        case "m": access.insert(.make)
        case "r": access.insert(.read)
        case "w": access.insert(.write)
        default: return nil
        }
      }
      if access.isEmpty { return nil }
      self = access
    }

    /// `rwm`, in Docker's order.
    public var letters: String {
      (contains(.read) ? "r" : "") + (contains(.write) ? "w" : "") + (contains(.make) ? "m" : "")
    }
  }

  public var allows: Bool
  public var kind: Kind
  /// nil: every number.
  public var major: UInt32?
  /// nil: every number.
  public var minor: UInt32?
  public var access: Access

  public init(allows: Bool, kind: Kind, major: UInt32? = nil, minor: UInt32? = nil, access: Access = .all) {
    self.allows = allows
    self.kind = kind
    self.major = major
    self.minor = minor
    self.access = access
  }

  /// `c 1:3 rwm`, as `devices.allow` takes it.
  public var text: String {
    kind.rawValue + " " + (major.map { String($0) } ?? "*") + ":" + (minor.map { String($0) } ?? "*") + " " + access.letters
  }
}
