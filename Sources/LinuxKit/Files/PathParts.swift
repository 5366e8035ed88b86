import Glibc

/// Paths as bytes, taken apart and put together.
enum PathParts {
  static let slash = CChar(bitPattern: UInt8(ascii: "/"))
  private static let dot = CChar(bitPattern: UInt8(ascii: "."))
  /// `..`, without NUL.
  static let parent: [CChar] = [dot, dot]

  /// The names of a path without empty ones and `.`, each without NUL.
  private static func names(_ path: UnsafeBufferPointer<CChar>) -> [[CChar]] {
    path.split(separator: slash).map(Array.init).filter { $0 != [dot] }
  }

  /// The names from the last to the first.
  static func reversed(_ path: UnsafePointer<CChar>) -> [[CChar]] {
    names(UnsafeBufferPointer(start: path, count: strlen(path))).reversed()
  }

  /// `a/b/last` with NUL; `.` when empty.
  static func join(_ parts: [[CChar]], _ last: [CChar]?) -> [CChar] {
    var joined: [CChar] = []
    for part in parts {
      joined += part
      joined.append(slash)
    }
    if let last { joined += last } else if joined.isEmpty { joined = [dot] }
    joined.append(0)
    return joined
  }

  /// The part before the last name, `.` when there is none, and the last name; both with NUL.
  static func split(_ path: UnsafePointer<CChar>) throws(KernelError) -> (before: [CChar], name: [CChar]) {
    var bytes = Array(UnsafeBufferPointer(start: path, count: strlen(path)))
    while bytes.last == slash { bytes.removeLast() }
    let start = bytes.lastIndex(of: slash).map { $0 + 1 } ?? 0
    let name = Array(bytes[start...])
    if name.isEmpty || name == [dot] || name == parent {
      throw KernelError("openat2(2)", errno: EINVAL, operands: [String(cString: path)])
    }
    let before = Array(bytes[..<start])
    return ((before.isEmpty ? [dot] : before) + [0], name + [0])
  }
}
