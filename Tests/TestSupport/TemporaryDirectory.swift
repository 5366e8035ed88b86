import Glibc

/// A new, empty directory that goes with everything below it when the value goes.
///
/// Mounts below it must have been taken down before: removal stays on one file system.
public final class TemporaryDirectory: Sendable {
  /// Absolute, without a slash at the end.
  public let path: String

  /// Makes `/tmp/muster-NAME-XXXXXX` (under `TMPDIR`, if set), mode 0700.
  public init(_ name: String = "test") throws {
    let parent = getenv("TMPDIR").map { String(cString: $0) } ?? "/tmp"
    var template = Array("\(parent)/muster-\(name)-XXXXXX".utf8CString)
    let made = template.withUnsafeMutableBufferPointer { $0.baseAddress.flatMap { mkdtemp($0) } != nil }
    guard made else { throw SystemFailure("mkdtemp \(parent)/muster-\(name)-XXXXXX") }
    path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }

  deinit { removeRecursively(path) }

  /// A path below the directory.
  public func callAsFunction(_ name: String) -> String { path + "/" + name }

  /// Writes a file below the directory, making its parents, and returns its path.
  @discardableResult
  public func write(_ name: String, _ text: String, mode: UInt32 = 0o644) throws -> String {
    let target = self(name)
    try makeDirectories(parent(of: target))
    try writeFile(target, Array(text.utf8), mode: mode)
    return target
  }
}
