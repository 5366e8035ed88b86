import Backend
import Glibc

extension Caller {
  /// Who runs this command: whoever asked sudo for it, else the process's own user.
  static var own: Caller {
    if getuid() == 0, let uid = number("SUDO_UID"), let gid = number("SUDO_GID") { return Caller(uid: uid, gid: gid) }
    return Caller(uid: getuid(), gid: getgid())
  }

  private static func number(_ variable: String) -> UInt32? { getenv(variable).flatMap { UInt32(String(cString: $0)) } }
}
