import LinuxKit
import PathPatterns

/// What one COPY or ADD does, variables expanded.
struct CopyOrder: Sendable {
  /// Paths in the source, each once for every match.
  var sources: [[[UInt8]]]
  /// `--parents`: of each source, how many of its names are not kept at the destination; nil: all but the last.
  var dropped: [Int]?
  /// `--exclude`: what is left out, by its path under a source.
  var excluded = IgnoreRules()
  /// Files that the Dockerfile itself holds: name and content.
  var documents: [(name: String, content: String)] = []
  /// Absolute.
  var destination: String
  /// The destination ends with a slash, or there is more than one source.
  var isDirectory: Bool
  var owner: FileOwner?
  /// `--chmod`
  var permissions: UInt32?
  /// Archives are unpacked (ADD).
  var unpacks: Bool
}
