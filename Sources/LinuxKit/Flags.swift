/// Kernel namespaces, with the values of `clone(2)`.
public struct Namespaces: OptionSet, Hashable, Sendable {
  public let rawValue: UInt64
  public init(rawValue: UInt64) { self.rawValue = rawValue }
  public static let time = Namespaces(rawValue: 0x80)
  public static let mount = Namespaces(rawValue: 0x2_0000)
  public static let cgroup = Namespaces(rawValue: 0x200_0000)
  public static let uts = Namespaces(rawValue: 0x400_0000)
  public static let ipc = Namespaces(rawValue: 0x800_0000)
  public static let user = Namespaces(rawValue: 0x1000_0000)
  public static let pid = Namespaces(rawValue: 0x2000_0000)
  public static let network = Namespaces(rawValue: 0x4000_0000)
}

/// Attributes of a mount, with the values of `mount_setattr(2)` (`MOUNT_ATTR_*`).
public struct MountAttributes: OptionSet, Hashable, Sendable {
  public let rawValue: UInt64
  public init(rawValue: UInt64) { self.rawValue = rawValue }
  public static let readOnly = MountAttributes(rawValue: 0x1)
  public static let noSuid = MountAttributes(rawValue: 0x2)
  public static let noDev = MountAttributes(rawValue: 0x4)
  public static let noExec = MountAttributes(rawValue: 0x8)
  public static let noAccessTime = MountAttributes(rawValue: 0x10)
  public static let strictAccessTime = MountAttributes(rawValue: 0x20)
  public static let noDirectoryAccessTime = MountAttributes(rawValue: 0x80)
  public static let noSymlinkFollow = MountAttributes(rawValue: 0x20_0000)
}

/// A set of capabilities, one bit each, numbered as in `capabilities(7)`.
public struct CapabilitySet: OptionSet, Hashable, Sendable {
  public let rawValue: UInt64
  public init(rawValue: UInt64) { self.rawValue = rawValue }
}
