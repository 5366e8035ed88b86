import Glibc

/// The exit code of a process that could not be made.
public enum StartFailure {
  /// Docker's rule: 127 when the program is not there, 126 when it cannot be run, 128 when it did not come to that.
  public static func exitCode(isProgram: Bool, errno: Int32) -> Int32 {
    if !isProgram { return 128 }
    return errno == ENOENT || errno == ENOTDIR ? 127 : 126
  }
}
