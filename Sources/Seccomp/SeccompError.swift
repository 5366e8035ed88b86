import Glibc

/// A filter could not be made.
public struct SeccompError: Error, Equatable, Sendable, CustomStringConvertible {
  /// What was being done: `adding the rule for openat`.
  public var doing: String
  /// libseccomp's error number.
  public var errno: Int32
  public var description: String {
    "seccomp: " + doing + ": " + (strerror(errno).map { String(cString: $0) } ?? "error \(errno)")
  }
}
