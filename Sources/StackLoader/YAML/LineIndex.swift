import Diagnostics

/// Where each line of a file starts, by YAML's line breaks. Made once a file, when something is to be told about it.
struct LineIndex {
  private let origin: Origin
  /// Start and end, without the line break.
  private var lines: [(start: Int, end: Int)] = []

  init(_ origin: Origin) {
    self.origin = origin
    origin.bytes.withUnsafeBufferPointer { bytes in
      var start = 0
      var at = 0
      while at < bytes.count {
        let length = Self.lineBreak(bytes, at)
        if length > 0 {
          lines.append((start, at))
          start = at + length
        }
        at += max(length, 1)
      }
      lines.append((start, bytes.count))
    }
  }

  /// Just behind the file's last character.
  var end: SourceRange.Position {
    SourceRange.Position(line: lines.count, column: (text(lines.count)?.unicodeScalars.count ?? 0) + 1)
  }

  /// Where a byte stands.
  func position(ofByte offset: Int) -> SourceRange.Position {
    let number = (lines.lastIndex { $0.start <= offset } ?? 0)
    let line = lines[number]
    let before = origin.bytes[line.start..<min(max(offset, line.start), line.end)]
    return SourceRange.Position(line: number + 1, column: String(decoding: before, as: UTF8.self).unicodeScalars.count + 1)
  }

  /// The text of a line, counted from 1, at most 4096 bytes of it.
  func text(_ number: Int) -> String? {
    guard lines.indices.contains(number - 1) else { return nil }
    let line = lines[number - 1]
    return String(decoding: origin.bytes[line.start..<min(line.end, line.start + 4096)], as: UTF8.self)
  }

  /// How many bytes the line break here has; 0: there is none.
  private static func lineBreak(_ bytes: UnsafeBufferPointer<UInt8>, _ at: Int) -> Int {
    func byte(_ offset: Int) -> UInt8 { at + offset < bytes.count ? bytes[at + offset] : 0 }
    switch bytes[at] {
    case 0x0A: return 1
    case 0x0D: return byte(1) == 0x0A ? 2 : 1
    // U+0085, U+2028, U+2029
    case 0xC2: return byte(1) == 0x85 ? 2 : 0
    case 0xE2: return byte(1) == 0x80 && (byte(2) == 0xA8 || byte(2) == 0xA9) ? 3 : 0
    default: return 0
    }
  }
}
