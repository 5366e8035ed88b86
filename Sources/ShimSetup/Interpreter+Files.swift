import Glibc
import LinuxKit
import ShimProtocol

extension Interpreter {
  /// The largest content of a secret or configuration file, in bytes.
  private static let largestFile = 16 << 20

  mutating func writeFile(_ slot: Int, _ target: String, _ mode: UInt32, _ uid: String, _ gid: String, _ user: String) throws {
    let bytes = try content(slot, limit: Self.largestFile)
    let root = try rooted()
    let account = user.isEmpty ? nil : try Accounts.account(user, [], root)
    let owner = FileOwner(
      uid: try uid.isEmpty ? account?.uid ?? 0 : Accounts.userID(uid, root),
      gid: try gid.isEmpty ? account?.gid ?? 0 : Accounts.groupID(gid, root))
    if let slash = target.utf8.lastIndex(of: UInt8(ascii: "/")), slash != target.startIndex {
      try root.makeDirectories(String(target[..<slash]))
    }
    // Made for nobody else to read, then filled, then given its mode.
    let file = try root.createFile(target, mode: 0o600)
    try file.writeAll(bytes)
    try file.setOwner(owner)
    try file.setPermissions(mode)
  }

  /// A procfs of this process's own, mounted nowhere: what lies at /proc in the container does not count (CVE-2019-16884).
  private func ownProc() throws(KernelError) -> RootedDirectory {
    RootedDirectory(try newFileSystem("proc", [], [.noSuid, .noDev, .noExec]))
  }

  package func writeProc(_ path: String, _ value: String) throws {
    try ownProc().open(path, O_WRONLY | O_NOFOLLOW).writeAll(value)
  }

  /// For the next `execve`. Older kernels have one place for all security modules.
  func confine(_ profile: String) throws {
    do throws(KernelError) {
      let proc = try ownProc()
      let file: Descriptor
      do throws(KernelError) {
        file = try proc.open("self/attr/apparmor/exec", O_WRONLY | O_NOFOLLOW)
      } catch {
        if error.errno != ENOENT { throw error }
        file = try proc.open("self/attr/exec", O_WRONLY | O_NOFOLLOW)
      }
      try file.writeAll("exec " + profile)
    } catch {
      let reason =
        error.errno == ENOENT ? "no such profile is loaded" : error.errno == EINVAL ? "this kernel has no AppArmor" : error.reason
      throw SetupProblem(errno: error.errno, "AppArmor profile \(profile): \(reason)")
    }
  }

  /// `net.ipv4.ip_forward`, or with slashes where a name has dots (`sysctl(8)`).
  func sysctl(_ name: String, _ value: String) throws {
    let usesSlashes = name.utf8.first { $0 == UInt8(ascii: "/") || $0 == UInt8(ascii: ".") } == UInt8(ascii: "/")
    let path = usesSlashes ? name : String(name.map { $0 == "." ? "/" : $0 == "/" ? "." : $0 })
    guard !path.split(separator: "/").contains("..") else { throw SetupProblem(errno: EINVAL, "no such sysctl: \(name)") }
    do {
      try writeProc("sys/" + path, value)
    } catch let error as KernelError {
      throw SetupProblem(errno: error.errno, "sysctl \(name)=\(value): \(error.reason)")
    }
  }

  mutating func workingDirectory(_ target: String, createsMissing: Bool) throws {
    let root = try rooted()
    let directory = createsMissing ? try root.makeDirectories(target) : try root.open(target, O_DIRECTORY)
    let number = directory.number
    try kernel("fchdir(2)", [target]) { fchdir(number) }
    // The kernel says where we really are; outside of the root it is not a path (CVE-2024-21626).
    var buffer = [CChar](repeating: 0, count: Int(PATH_MAX))
    guard getcwd(&buffer, buffer.count) != nil, buffer[0] == CChar(bitPattern: UInt8(ascii: "/")) else {
      throw SetupProblem(errno: ENOENT, "the working directory \(target) is outside of the container")
    }
  }
}
