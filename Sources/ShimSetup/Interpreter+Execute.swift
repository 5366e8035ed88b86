import CLinux
import Glibc
import LinuxKit

extension Interpreter {
  package static let defaultPath = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"

  mutating func execute(_ arguments: [String], _ environment: [String]) throws -> Never {
    guard let name = arguments.first, !name.isEmpty else { throw SetupProblem(errno: EINVAL, "exec: no command") }
    var environment = environment
    if !environment.contains(where: { $0.hasPrefix("HOME=") }) {
      environment.append("HOME=" + (try home ?? Accounts.account("0", [], try rooted()).home))
    }
    try kernel("close_range(2)") { clinux_close_range(3, .max, UInt32(CLINUX_CLOSE_RANGE_CLOEXEC)) }
    let vector = arguments.map { strdup($0) } + [nil]
    let variables = environment.map { strdup($0) } + [nil]
    if name.utf8.contains(UInt8(ascii: "/")) {
      execve(name, vector, variables)
      throw Self.problem(name, name, errno)
    }
    let path = environment.last { $0.hasPrefix("PATH=") }.map { String($0.dropFirst(5)) } ?? Self.defaultPath
    var denied = false
    for directory in path.split(separator: ":", omittingEmptySubsequences: false) {
      let file = (directory.isEmpty ? "." : String(directory)) + "/" + name
      execve(file, vector, variables)
      let error = errno
      switch error {
      case EACCES: denied = true
      case ENOTDIR: break
      // There, but not what it needs to run.
      case ENOENT where access(file, F_OK) != 0: break
      default: throw Self.problem(name, file, error)
      }
    }
    if denied { throw SetupProblem(errno: EACCES, "exec: \"\(name)\": permission denied") }
    throw SetupProblem(errno: ENOENT, "exec: \"\(name)\": executable file not found in $PATH")
  }

  package static func problem(_ name: String, _ file: String, _ error: Int32) -> SetupProblem {
    switch error {
    case ENOENT where access(file, F_OK) == 0:
      SetupProblem(errno: error, "exec \(file): no such file or directory (its interpreter or loader is missing)")
    case ENOENT: SetupProblem(errno: error, "exec: \"\(name)\": stat \(file): no such file or directory")
    case ENOEXEC: SetupProblem(errno: error, "exec \(file): exec format error")
    default: SetupProblem(errno: error, "exec: \"\(name)\": \(KernelError.reason(error).lowercased())")
    }
  }
}
