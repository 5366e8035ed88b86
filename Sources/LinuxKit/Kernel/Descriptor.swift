import CLinux
import Glibc

/// A file descriptor that closes itself when its owner lets go of it.
public struct Descriptor: ~Copyable, Sendable {
  /// The number, valid as long as this value lives.
  public let number: Int32

  /// Takes ownership of an open descriptor.
  public init(owning number: Int32) { self.number = number }

  deinit { _ = Glibc.close(number) }

  /// Gives the descriptor away; the taker must close it.
  public consuming func release() -> Int32 {
    let number = self.number
    discard self
    return number
  }

  /// A second descriptor of the same open file, close-on-exec.
  public borrowing func duplicate() throws(KernelError) -> Descriptor {
    try Descriptor.duplicate(number)
  }

  /// A second descriptor of the same open file as a borrowed number's, close-on-exec, numbered `atLeast` or above.
  public static func duplicate(_ number: Int32, atLeast: Int32 = 3) throws(KernelError) -> Descriptor {
    Descriptor(owning: try kernel("fcntl(2) F_DUPFD_CLOEXEC", [String(number)]) { clinux_fcntl(number, F_DUPFD_CLOEXEC, Int(atLeast)) })
  }

  /// Opens a path of the host, close-on-exec. `mode` counts when `flags` has `O_CREAT`.
  public static func open(_ path: UnsafePointer<CChar>, _ flags: Int32, mode: UInt32 = 0) throws(KernelError) -> Descriptor {
    Descriptor(
      owning: try kernel("open(2)", [String(cString: path)]) { clinux_openat(AT_FDCWD, path, flags | O_CLOEXEC, mode) })
  }

  /// Opens a name relative to this directory, close-on-exec.
  public borrowing func open(at name: UnsafePointer<CChar>, _ flags: Int32, mode: UInt32 = 0) throws(KernelError) -> Descriptor {
    let number = self.number
    return Descriptor(
      owning: try kernel("openat(2)", [String(cString: name)]) { clinux_openat(number, name, flags | O_CLOEXEC, mode) })
  }

  /// Makes reads and writes return `EAGAIN` rather than wait.
  public borrowing func setNonBlocking() throws(KernelError) {
    let number = self.number
    let flags = try kernel("fcntl(2) F_GETFL") { clinux_fcntl(number, F_GETFL, 0) }
    try kernel("fcntl(2) F_SETFL") { clinux_fcntl(number, F_SETFL, Int(flags | O_NONBLOCK)) }
  }
}

extension Descriptor {
  /// Makes reads and writes wait.
  public borrowing func setBlocking() throws(KernelError) {
    let number = self.number
    let flags = try kernel("fcntl(2) F_GETFL") { clinux_fcntl(number, F_GETFL, 0) }
    try kernel("fcntl(2) F_SETFL") { clinux_fcntl(number, F_SETFL, Int(flags & ~O_NONBLOCK)) }
  }

  /// What `fstat(2)` says; works on `O_PATH` descriptors.
  public borrowing func status() throws(KernelError) -> FileStatus {
    var raw = stat()
    let number = self.number
    try kernel("fstat(2)") { fstat(number, &raw) }
    return FileStatus(raw)
  }

  /// What `lstat` says of a name in this directory.
  public borrowing func status(at name: UnsafePointer<CChar>) throws(KernelError) -> FileStatus {
    var raw = stat()
    let number = self.number
    try kernel("fstatat(2)", [String(cString: name)]) { fstatat(number, name, &raw, AT_SYMLINK_NOFOLLOW) }
    return FileStatus(raw)
  }
}
