import CLinux
import Glibc

/// A directory taken as a root: every path is resolved inside it by the kernel (`openat2` with `RESOLVE_IN_ROOT`),
/// so that no symbolic link, no `..` and no race leads out of it.
///
/// Paths are bytes (`String`, `[CChar]` and pointers all pass); a leading slash is the root's.
/// Verbs that make or remove something do it in the resolved parent and never follow the last name.
public struct RootedDirectory: ~Copyable, Sendable {
  /// The root itself.
  public let descriptor: Descriptor

  /// Takes an open directory as the root.
  public init(_ descriptor: consuming Descriptor) { self.descriptor = descriptor }

  /// Opens a directory of the host as the root.
  public init(path: UnsafePointer<CChar>) throws(KernelError) {
    self.init(try Descriptor.open(path, O_DIRECTORY | Int32(CLINUX_O_PATH)))
  }

  /// Opens a path inside the root. Magic links (`/proc/self/fd/…`) are refused with `ELOOP`.
  public borrowing func open(_ path: UnsafePointer<CChar>, _ flags: Int32 = 0, mode: UInt32 = 0) throws(KernelError)
    -> Descriptor
  {
    let root = descriptor.number
    let resolve = UInt64(CLINUX_RESOLVE_IN_ROOT | CLINUX_RESOLVE_NO_MAGICLINKS)
    while true {
      let found = clinux_openat2(root, path, UInt64(UInt32(bitPattern: flags | O_CLOEXEC)), UInt64(mode), resolve)
      if found >= 0 { return Descriptor(owning: found) }
      let error = errno
      // EAGAIN: something was renamed on the way and the kernel could not be sure. Try again.
      if error == EINTR || error == EAGAIN { continue }
      throw KernelError("openat2(2)", errno: error, operands: [String(cString: path)])
    }
  }

  /// A descriptor that only names the file (`O_PATH`); a final symbolic link is followed.
  public borrowing func locate(_ path: UnsafePointer<CChar>) throws(KernelError) -> Descriptor {
    try open(path, Int32(CLINUX_O_PATH))
  }

  /// A descriptor that only names the file, a final symbolic link being the file meant.
  public borrowing func locateLink(_ path: UnsafePointer<CChar>) throws(KernelError) -> Descriptor {
    try open(path, Int32(CLINUX_O_PATH) | O_NOFOLLOW)
  }

  /// What is known of a path, a final symbolic link not being followed.
  public borrowing func status(_ path: UnsafePointer<CChar>) throws(KernelError) -> FileStatus {
    try locateLink(path).status()
  }

  /// Whether something, possibly a dangling link, is there.
  public borrowing func contains(_ path: UnsafePointer<CChar>) throws(KernelError) -> Bool {
    do throws(KernelError) {
      _ = try locateLink(path)
      return true
    } catch  where error.errno == ENOENT || error.errno == ENOTDIR {
      return false
    }
  }

  /// A new root further inside.
  public borrowing func subdirectory(_ path: UnsafePointer<CChar>) throws(KernelError) -> RootedDirectory {
    RootedDirectory(try open(path, Int32(CLINUX_O_PATH) | O_DIRECTORY))
  }

  /// The target of a symbolic link.
  public borrowing func readLink(_ path: UnsafePointer<CChar>) throws(KernelError) -> String {
    String(decoding: try locateLink(path).linkTarget().dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }

  /// The whole content of a file, at most `limit` bytes (`EFBIG`). Only regular files (`EINVAL`), so that a fifo cannot hold us up.
  public borrowing func read(_ path: UnsafePointer<CChar>, limit: Int) throws(KernelError) -> [UInt8] {
    let file = try open(path, O_RDONLY | O_NONBLOCK | O_NOCTTY)
    guard try file.status().kind == .regular else { throw KernelError("read(2)", errno: EINVAL, operands: [String(cString: path)]) }
    return try file.readAll(limit: limit)
  }
}

extension Descriptor {
  /// The target of the symbolic link that this `O_PATH` descriptor is, NUL at the end.
  package borrowing func linkTarget(at name: UnsafePointer<CChar> = emptyName) throws(KernelError) -> [CChar] {
    var target = [CChar](repeating: 0, count: Int(PATH_MAX) + 1)
    let number = self.number
    let length = try kernel("readlinkat(2)", [String(cString: name)]) { readlinkat(number, name, &target, Int(PATH_MAX)) }
    target.removeSubrange((length + 1)...)
    target[length] = 0
    return target
  }
}

/// The empty string for calls with `AT_EMPTY_PATH`.
nonisolated(unsafe) package let emptyName: UnsafePointer<CChar> = {
  let name = UnsafeMutablePointer<CChar>.allocate(capacity: 1)
  name.initialize(to: 0)
  return UnsafePointer(name)
}()
