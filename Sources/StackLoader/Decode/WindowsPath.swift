/// Paths as Windows has them, which mean nothing on Linux.
enum WindowsPath {
  static let hint = "this machine runs Linux; write the path as /srv/data or ./data"

  /// `C:\data`, `\\.\pipe\docker_engine`, `\\server\share`.
  static func isOne(_ text: String) -> Bool {
    if text.hasPrefix("\\\\") { return true }
    let head = Array(text.utf8.prefix(3))
    return head.count == 3 && isLetter(head[0]) && head[1] == UInt8(ascii: ":") && head[2] == UInt8(ascii: "\\")
  }

  /// The short form of a volume with such a path on either side, also as `C:/data:/data`.
  static func isIn(volume text: String) -> Bool {
    // Nearly every volume there is: neither a backslash nor a drive.
    guard text.utf8.contains(UInt8(ascii: "\\")) || text.utf8.dropFirst().first == UInt8(ascii: ":") else { return false }
    if isOne(text) || text.contains("\\\\.\\pipe\\") { return true }
    let parts = text.split(separator: ":", omittingEmptySubsequences: false)
    let isDrive = parts[0].utf8.count == 1 && parts[0].utf8.allSatisfy(isLetter)
    if isDrive, parts.count > 2, parts[1].hasPrefix("/"), parts[2].hasPrefix("/") { return true }
    return parts.indices.dropFirst().contains { parts[$0].hasPrefix("\\") && parts[$0 - 1].utf8.count == 1 }
  }

  private static func isLetter(_ byte: UInt8) -> Bool {
    (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20)
  }
}
