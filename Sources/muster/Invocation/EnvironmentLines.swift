import Diagnostics
import StackLoader

/// `NAME=VALUE` and `NAME` of a file as Docker's `--env-file` reads it: nothing is quoted, `#` begins a comment.
func environmentLines(_ path: String) throws -> [String] {
  let bytes: [UInt8]
  do throws(FileError) { bytes = try HostFiles().read(absolutePath(path), limit: 16 << 20) } catch { throw Exit(1, error.description) }
  return try String(decoding: bytes, as: UTF8.self).split(whereSeparator: \.isNewline).compactMap { line in
    let text = line.drop { $0 == " " || $0 == "\t" }
    if text.isEmpty || text.hasPrefix("#") { return nil }
    let name = text.prefix { $0 != "=" }
    guard !name.isEmpty, !name.contains(where: \.isWhitespace) else {
      throw Exit(1, "\(visible(path)): \"\(visible(String(name)))\" is no variable's name")
    }
    return String(text)
  }
}
