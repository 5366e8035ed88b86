import Backend
import Diagnostics

/// Docker's rules of where a copy goes in a container, and how it is called there.
enum CopyPath {
  /// The last name of a path; `.` when what is in it is meant.
  static func name(of path: String) -> String {
    let last = path.split(separator: "/").last.map(String.init) ?? "."
    return last == ".." ? "." : last
  }

  /// Whether who wrote it means a directory: `a/`, `a/.`.
  static func meansDirectory(_ path: String) -> Bool { path.hasSuffix("/") || path == "." || path.hasSuffix("/.") }

  /// The directory that an archive is extracted in, and the name that its files get there.
  ///
  /// `found`: what is at the path. `isDirectory`, `name`: of what is copied.
  static func end(of path: String, _ found: PathStatus?, isDirectory: Bool, of name: String) throws -> (directory: String, name: String) {
    if let found, found.isDirectory { return (path, name) }
    if found != nil, isDirectory { throw Exit(1, "cannot copy directory") }
    if found == nil, !isDirectory, meansDirectory(path) { throw Exit(1, "\(visible(path)): no such directory") }
    var parts = path.split(separator: "/").map(String.init)
    if parts.last == "." { parts.removeLast() }
    guard let last = parts.popLast(), last != ".." else { throw Exit(1, "\(visible(path)): no such directory") }
    return ("/" + parts.joined(separator: "/"), last)
  }
}
