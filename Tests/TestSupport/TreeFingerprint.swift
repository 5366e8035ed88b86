import Glibc

/// What is below a directory, a line each: path, kind, mode, owner, size, time of the last change and, of files, a sum of the content.
///
/// - Parameter ignoring: Names at whose end lines are left out.
public func treeFingerprint(_ directory: String, ignoring endings: [String] = []) throws -> [String] {
  var lines: [String] = []
  func walk(_ path: String) throws {
    for name in names(in: path).sorted() where !endings.contains(where: name.hasSuffix) {
      let place = path + "/" + name
      var status = stat()
      guard lstat(place, &status) == 0 else { throw SystemFailure("lstat \(place)") }
      let kind = status.st_mode & S_IFMT
      var line = "\(place) \(String(status.st_mode, radix: 8)) \(status.st_uid):\(status.st_gid)"
      if kind == S_IFREG {
        var sum: UInt64 = 0xCBF2_9CE4_8422_2325
        for byte in try readFile(place) { sum = (sum ^ UInt64(byte)) &* 0x100_0000_01B3 }
        line += " \(status.st_size) \(status.st_mtim.tv_sec).\(status.st_mtim.tv_nsec) \(String(sum, radix: 16))"
      }
      lines.append(line)
      if kind == S_IFDIR { try walk(place) }
    }
  }
  try walk(directory)
  return lines
}
