import Crypto
import Glibc
import TestSupport

/// A tree of the host that attacks aim at, and what it looked like before: path, kind, inode, mode, owner, time and content of everything in it,
/// with the parameters of the kernel that an escape would set.
final class DecoyTree: Sendable {
  let directory: TemporaryDirectory
  private let before: String

  init() throws {
    directory = try TemporaryDirectory("decoy")
    try directory.write("file", "untouched\n", mode: 0o600)
    try directory.write("dir/inner", "untouched\n", mode: 0o644)
    try makeDirectories(directory("empty"))
    guard chmod(directory.path, 0o755) == 0 else { throw SystemFailure("chmod") }
    before = try Self.picture(of: directory.path)
  }

  var path: String { directory.path }

  /// nil when all is as it was.
  func difference() throws -> String? {
    let now = try Self.picture(of: path)
    return now == before ? nil : "before:\n\(before)now:\n\(now)"
  }

  private static func picture(of path: String) throws -> String {
    var text = ["kernel/core_pattern", "kernel/modprobe", "kernel/hostname", "vm/overcommit_memory"].reduce(into: "") { text, name in
      // Not every kernel has all of them.
      text += "\(name): " + ((try? readText("/proc/sys/" + name)) ?? "none\n")
    }
    try add(path, to: &text)
    return text
  }

  private static func add(_ path: String, to text: inout String) throws {
    var status = stat()
    guard lstat(path, &status) == 0 else { throw SystemFailure("lstat \(path)") }
    text +=
      "\(path) \(status.st_mode) \(status.st_ino) \(status.st_uid):\(status.st_gid) \(status.st_mtim.tv_sec).\(status.st_mtim.tv_nsec)"
    switch status.st_mode & S_IFMT {
    case S_IFREG: text += " \(SHA256.hash(data: try readFile(path)).map { String($0, radix: 16) }.joined())\n"
    case S_IFDIR:
      text += "\n"
      for name in names(in: path) { try add(path + "/" + name, to: &text) }
    default: text += "\n"
    }
  }
}

/// The lines of this process's mounts that name a path: nothing of a container's must come here.
func hostMounts(naming path: String) throws -> [String] {
  try readText("/proc/self/mountinfo").split(separator: "\n").map(String.init).filter { $0.contains(path) }
}
