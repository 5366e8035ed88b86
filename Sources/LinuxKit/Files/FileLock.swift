import Glibc

/// A file that one process at a time holds (`flock(2)`), until the last reference goes or the process ends. The file stays.
public final class FileLock: Sendable {
  private let descriptor: Descriptor

  /// - Parameter waits: False: `EWOULDBLOCK` when somebody else holds it.
  public init(_ path: String, waits: Bool) throws(KernelError) {
    let file = try Descriptor.open(path, O_RDWR | O_CREAT | O_NOFOLLOW, mode: 0o600)
    let number = file.number
    try kernel("flock(2)", [path]) { flock(number, LOCK_EX | (waits ? 0 : LOCK_NB)) }
    descriptor = file
  }
}
