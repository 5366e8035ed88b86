import LinuxKit
import OCI
import ShimProtocol

/// A mount's options as an OCI configuration writes them (config.md, "Linux mount options"), all of them known or refused.
struct BundleMountOptions {
  var attributes: MountAttributes = []
  var propagation: Propagation?
  var propagatesBelow = false
  var isBind = false
  var isRecursive = false
  /// `rro`: mounts below are read-only too.
  var isReadOnlyBelow = false
  var copiesUp = false
  /// What is left is the file system's own.
  var data: [MountOption] = []

  private static let set: [String: MountAttributes] = [
    "ro": .readOnly, "nosuid": .noSuid, "nodev": .noDev, "noexec": .noExec, "noatime": .noAccessTime, "strictatime": .strictAccessTime,
    "nodiratime": .noDirectoryAccessTime, "nosymfollow": .noSymlinkFollow,
  ]
  private static let clear: [String: MountAttributes] = [
    "rw": .readOnly, "suid": .noSuid, "dev": .noDev, "exec": .noExec, "atime": .noAccessTime, "nostrictatime": .strictAccessTime,
    "diratime": .noDirectoryAccessTime, "symfollow": .noSymlinkFollow, "relatime": [.noAccessTime, .strictAccessTime],
  ]
  private static let propagations: [String: Propagation] = [
    "private": .isPrivate, "slave": .slave, "shared": .shared, "unbindable": .unbindable,
  ]
  /// What the kernel does anyway.
  private static let nothing: Set<String> = ["defaults", "norelatime", "async", "nomand", "loud", "noiversion", "nolazytime"]
  private static let refused: Set<String> = [
    "remount", "idmap", "ridmap", "rnosuid", "rsuid", "rnodev", "rdev", "rnoexec", "rexec", "rnoatime", "ratime", "rrelatime",
    "rnorelatime",
    "rstrictatime", "rnostrictatime", "rnodiratime", "rdiratime", "rnosymfollow", "rsymfollow", "rrw", "copy-symlink", "iversion", "silent",
  ]

  init(_ mount: RuntimeSpec.Mount) throws(SetupError) {
    for option in mount.options ?? [] {
      if Self.refused.contains(option) {
        throw SetupError("mounts: \(mount.destination): the option \(option) is not supported")
      } else if Self.nothing.contains(option) {
        continue
      } else if let flag = Self.set[option] {
        attributes.insert(flag)
      } else if let flag = Self.clear[option] {
        attributes.subtract(flag)
      } else if let kind = Self.propagations[option] {
        propagation = kind
      } else if option.hasPrefix("r"), let kind = Self.propagations[String(option.dropFirst())] {
        propagation = kind
        propagatesBelow = true
      } else if option == "bind" || option == "rbind" {
        isBind = true
        isRecursive = option == "rbind"
      } else if option == "rro" {
        attributes.insert(.readOnly)
        isReadOnlyBelow = true
      } else if option == "tmpcopyup" {
        copiesUp = true
      } else if let sign = option.firstIndex(of: "=") {
        data.append(MountOption(String(option[..<sign]), String(option[option.index(after: sign)...])))
      } else {
        data.append(MountOption(option))
      }
    }
    if mount.type == "bind" { isBind = true }
    if isBind, let first = data.first {
      throw SetupError("mounts: \(mount.destination): a bind mount has no option \(first.description)")
    }
    if copiesUp, mount.type != "tmpfs" { throw SetupError("mounts: \(mount.destination): tmpcopyup is an option of a tmpfs") }
  }
}
