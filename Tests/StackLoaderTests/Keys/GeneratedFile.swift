import Foundation
import Testing

/// A file of the tree that is made from the code. Run the tests with `MUSTER_WRITE_GOLDEN=1` to write such files anew.
struct GeneratedFile {
  /// Below the package's directory.
  let path: String

  static let isWriting = ProcessInfo.processInfo.environment["MUSTER_WRITE_GOLDEN"] == "1"
  static let package = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent()

  func expect(_ text: String, sourceLocation: SourceLocation = #_sourceLocation) throws {
    let url = Self.package.appending(path: path)
    if Self.isWriting {
      try FileManager.default.createDirectory(at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
      try text.write(to: url, atomically: true, encoding: .utf8)
    }
    let found = try? String(contentsOf: url, encoding: .utf8)
    let differing = zip(
      (found ?? "").split(separator: "\n", omittingEmptySubsequences: false), text.split(separator: "\n", omittingEmptySubsequences: false)
    )
    .first { $0 != $1 }
    #expect(
      found == text,
      "\(path) is not what the code says\(differing.map { ": \($0) instead of \($1)" } ?? ""); MUSTER_WRITE_GOLDEN=1 writes it anew",
      sourceLocation: sourceLocation)
  }
}
