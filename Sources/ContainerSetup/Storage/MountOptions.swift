import LinuxKit
import OCI
import ShimProtocol

/// A mount's options as `mount(8)` and an OCI configuration write them (config.md, "Linux mount options"), taken apart.
struct MountOptions {
  var attributes: MountAttributes = []
  var propagation: Propagation?
  /// `rslave` and its like: mounts below are meant too.
  var propagatesBelow = false
  var isBind = false
  var isRecursive = false
  /// `rro`: mounts below are read-only too.
  var isReadOnlyBelow = false
  /// `tmpcopyup`: a tmpfs begins with what it covers.
  var copiesUp = false
  /// `idmap`: the owners of a bind's files are counted by other numbers; `ridmap`: in mounts below it too.
  var mapsIDs = false
  var mapsIDsBelow = false
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

  init(_ options: [String]) {
    for option in options {
      if Self.nothing.contains(option) {
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
      } else if option == "idmap" || option == "ridmap" {
        mapsIDs = true
        mapsIDsBelow = option == "ridmap"
      } else if option == "tmpcopyup" {
        copiesUp = true
      } else if let sign = option.firstIndex(of: "=") {
        data.append(MountOption(String(option[..<sign]), String(option[option.index(after: sign)...])))
      } else {
        data.append(MountOption(option))
      }
    }
  }

  /// The steps of a bind with these options.
  func bindSteps(of source: BindSource, target: String) -> [SetupStep] {
    // Read-only itself while what is below it is not: that cannot be said in one call.
    let isReadOnlyLater = isRecursive && attributes.contains(.readOnly) && !isReadOnlyBelow
    let bind = SetupStep.bind(
      source: source, target: target, isRecursive: isRecursive,
      attributes: isReadOnlyLater ? attributes.subtracting(.readOnly) : attributes,
      propagation: propagation ?? .isPrivate)
    return isReadOnlyLater ? [bind, .remount(target: target, attributes: .readOnly, isRecursive: false)] : [bind]
  }
}
