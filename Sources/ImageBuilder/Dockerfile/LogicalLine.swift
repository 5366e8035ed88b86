import Diagnostics

/// An instruction's line with its continuations joined, and where in the file each part of it was written.
struct LogicalLine {
  var file: String
  var bytes: [UInt8] = []
  private var marks: [(offset: Int, line: Int, column: Int)] = []

  init(file: String) { self.file = file }

  mutating func append(_ part: some Collection<UInt8>, line: Int, column: Int) {
    marks.append((bytes.count, line, column))
    bytes += part
  }

  /// The place of a byte; columns count Unicode scalars.
  func position(_ offset: Int) -> SourceRange.Position {
    let bounded = min(max(offset, 0), bytes.count)
    guard let mark = marks.last(where: { $0.offset <= bounded }) else { return .init(line: 1, column: 1) }
    let scalars = bytes[mark.offset..<bounded].count { $0 & 0xC0 != 0x80 }
    return .init(line: mark.line, column: mark.column + scalars)
  }

  func range(_ offsets: Range<Int>) -> SourceRange {
    SourceRange(file: file, start: position(offsets.lowerBound), end: position(offsets.upperBound))
  }

  func text(_ offsets: Range<Int>) -> String { String(decoding: bytes[offsets], as: UTF8.self) }
}

extension UInt8 {
  /// Blank, tab, vertical tab, form feed or carriage return.
  var isBlank: Bool { self == 0x20 || self == 0x09 || self == 0x0B || self == 0x0C || self == 0x0D }
}

extension Range<Int> {
  /// The range without blanks at both ends.
  func trimmed(in bytes: [UInt8]) -> Range<Int> {
    var lower = lowerBound
    var upper = upperBound
    while lower < upper, bytes[lower].isBlank { lower += 1 }
    while upper > lower, bytes[upper - 1].isBlank { upper -= 1 }
    return lower..<upper
  }
}
