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
    let slash = UInt8(ascii: "/"), dot = UInt8(ascii: ".")
    var cleaned: [UInt8] = []
    cleaned.reserveCapacity(path.utf8.count + 1)
    for part in path.utf8.split(separator: slash) {
      let isDots = part.count <= 2 && part.allSatisfy { $0 == dot }
      if isDots, part.count == 1 { continue }
      if isDots {
        cleaned.removeSubrange((cleaned.lastIndex(of: slash) ?? 0)...)
      } else {
        cleaned.append(slash)
        cleaned.append(contentsOf: part)
      }
    }
    return cleaned.isEmpty ? "/" : String(decoding: cleaned, as: UTF8.self)
  }

  static func directory(of path: String) -> String {
    let cleaned = clean(path)
    guard let slash = cleaned.lastIndex(of: "/"), slash > cleaned.startIndex else { return "/" }
    return String(cleaned[..<slash])
  }

  /// An absolute path as whoever is in `directory` would write it: relative when it is below.
  static func shown(_ path: String, from directory: String) -> String {
    let start = clean(directory)
    let prefix = start == "/" ? "/" : start + "/"
    return path.hasPrefix(prefix) && path.utf8.count > prefix.utf8.count ? String(path.dropFirst(prefix.count)) : path
  }

  static func name(of path: String) -> String { clean(path).split(separator: "/").last.map(String.init) ?? "" }
}
