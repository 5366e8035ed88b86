import Glibc
public import SystemPackage

/// The `muster-shim` that was built together with the tests.
public enum ShimBinary {
  /// From `MUSTER_SHIM`, or beside the test program.
  public static func path() throws -> FilePath {
    if let set = getenv("MUSTER_SHIM") { return FilePath(String(cString: set)) }
    var buffer = [CChar](repeating: 0, count: Int(PATH_MAX))
    let length = readlink("/proc/self/exe", &buffer, buffer.count - 1)
    guard length > 0 else { throw SystemFailure("readlink /proc/self/exe") }
    var directory = FilePath(String(decoding: buffer[..<length].map { UInt8(bitPattern: $0) }, as: UTF8.self)).removingLastComponent()
    while !directory.components.isEmpty {
      let found = directory.appending("muster-shim")
      if access(found.string, X_OK) == 0, !isDirectory(found.string) { return found }
      directory = directory.removingLastComponent()
    }
    throw SystemFailure("find muster-shim beside the tests")
  }
}
