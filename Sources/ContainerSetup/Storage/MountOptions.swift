import LinuxKit
import OCI
import ShimProtocol

/// A mount's options as `mount(8)` writes them, taken apart.
struct MountOptions {
  var attributes: MountAttributes = []
  var propagation: Propagation?
  var isBind = false
  var isRecursive = false
  /// `rro`: mounts below are read-only too.
  var isReadOnlyBelow = false
  /// What is left is the file system's own.
  var data: [MountOption] = []

  private static let flags: [String: MountAttributes] = [
    "ro": .readOnly, "nosuid": .noSuid, "nodev": .noDev, "noexec": .noExec, "noatime": .noAccessTime, "strictatime": .strictAccessTime,
    "nosymfollow": .noSymlinkFollow,
  ]
  private static let propagations: [String: Propagation] = [
    "private": .isPrivate, "rprivate": .isPrivate, "slave": .slave, "rslave": .slave, "shared": .shared, "rshared": .shared,
    "unbindable": .unbindable, "runbindable": .unbindable,
  ]

  init(_ options: [String]) {
    for option in options {
      if let flag = Self.flags[option] {
        attributes.insert(flag)
      } else if let kind = Self.propagations[option] {
        propagation = kind
      } else if option == "bind" || option == "rbind" {
        isBind = true
        isRecursive = option == "rbind"
      } else if option == "rro" {
        attributes.insert(.readOnly)
        isReadOnlyBelow = true
      } else if option == "rw" {
        attributes.remove(.readOnly)
      } else if let sign = option.firstIndex(of: "=") {
        data.append(MountOption(String(option[..<sign]), String(option[option.index(after: sign)...])))
      } else {
        data.append(MountOption(option))
      }
    }
  }
}
