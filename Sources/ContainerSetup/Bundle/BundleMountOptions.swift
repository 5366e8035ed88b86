import OCI
import ShimProtocol

private let refused: Set<String> = [
  "remount", "rnosuid", "rsuid", "rnodev", "rdev", "rnoexec", "rexec", "rnoatime", "ratime", "rrelatime",
  "rnorelatime",
  "rstrictatime", "rnostrictatime", "rnodiratime", "rdiratime", "rnosymfollow", "rsymfollow", "rrw", "copy-symlink", "iversion", "silent",
]

extension MountOptions {
  /// Of a configuration that somebody else has written: what cannot be honoured is refused by name.
  init(bundled mount: RuntimeSpec.Mount) throws(SetupError) {
    let options = mount.options ?? []
    if let option = options.first(where: refused.contains) {
      throw SetupError("mounts: \(mount.destination): the option \(option) is not supported")
    }
    self.init(options)
    if mount.type == "bind" { isBind = true }
    if isBind, let first = data.first {
      throw SetupError("mounts: \(mount.destination): a bind mount has no option \(first.description)")
    }
    if copiesUp, mount.type != "tmpfs" { throw SetupError("mounts: \(mount.destination): tmpcopyup is an option of a tmpfs") }
  }
}
