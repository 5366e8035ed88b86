import Diagnostics

/// Where a piece of YAML comes from: its file, and what relative paths and variables in it mean.
final class Origin: Sendable {
  /// As the user named it, or absolute; `<stdin>` for standard input.
  let file: String
  /// Absolute directory that relative paths start from.
  let directory: String
  /// Variables for interpolation, `env_file`s and pass-through.
  let environment: [String: String]
  private let bytes: [UInt8]

  init(file: String, directory: String, environment: [String: String], bytes: [UInt8]) {
    self.file = file
    self.directory = directory
    self.environment = environment
    self.bytes = bytes
  }

  /// The text of a line, counted from 1 by YAML's line breaks, at most 4096 bytes of it.
  func line(_ number: Int) -> String? {
    var at = 0
    for _ in 1..<max(number, 1) {
      guard let next = endOfLine(from: at)?.next else { return nil }
      at = next
    }
    let end = endOfLine(from: at)?.end ?? bytes.count
    return String(decoding: bytes[at..<min(end, at + 4096)], as: UTF8.self)
  }

  /// Where the line ends and the next one starts; nil for the last line.
  private func endOfLine(from start: Int) -> (end: Int, next: Int)? {
    for at in start..<bytes.count {
      switch bytes[at] {
      case 0x0A: return (at, at + 1)
      case 0x0D: return (at, bytes[(at + 1)...].first == 0x0A ? at + 2 : at + 1)
      // U+0085, U+2028, U+2029
      case 0xC2 where bytes[(at + 1)...].first == 0x85: return (at, at + 2)
      case 0xE2 where bytes[(at + 1)...].starts(with: [0x80, 0xA8]) || bytes[(at + 1)...].starts(with: [0x80, 0xA9]): return (at, at + 3)
      default: break
      }
    }
    return nil
  }
}

/// A stretch of a file.
struct Place: Sendable {
  var origin: Origin
  var start: SourceRange.Position
  var end: SourceRange.Position

  var range: SourceRange { SourceRange(file: origin.file, start: start, end: end) }
  var excerpt: String? { origin.line(start.line) }
}
