import Diagnostics

/// A stack file's bytes with its lines: from places to bytes and back, and the comments that silence rules.
struct SourceText: Sendable {
  let bytes: [UInt8]
  /// Where each line starts, by YAML's line breaks.
  private let starts: [Int]
  /// How many scalars start before each block of bytes: a line may be as long as the file.
  private let counts: [Int]
  /// The codes that a comment on a line silences; none: all.
  private var silenced: [Int: [String]] = [:]

  private static let block = 1024

  init(_ bytes: [UInt8]) {
    self.bytes = bytes
    var counts = [0]
    var count = 0
    for (at, byte) in bytes.enumerated() {
      if byte & 0xC0 != 0x80 { count += 1 }
      if (at + 1) % Self.block == 0 { counts.append(count) }
    }
    self.counts = counts
    var starts = [0]
    var at = 0
    while at < bytes.count {
      let length = Self.lineBreak(bytes, at)
      at += max(length, 1)
      if length > 0 { starts.append(at) }
    }
    self.starts = starts
    findSilenced()
  }

  var lineCount: Int { starts.count }

  /// The length of the line break at this byte; 0: there is none.
  private static func lineBreak(_ bytes: [UInt8], _ at: Int) -> Int {
    func has(_ following: [UInt8]) -> Bool { bytes[(at + 1)...].starts(with: following) }
    switch bytes[at] {
    case 0x0A: return 1
    case 0x0D: return has([0x0A]) ? 2 : 1
    // U+0085, U+2028, U+2029
    case 0xC2: return has([0x85]) ? 2 : 0
    case 0xE2: return has([0x80, 0xA8]) || has([0x80, 0xA9]) ? 3 : 0
    default: return 0
    }
  }

  /// The bytes of a line, counted from 1, with its end.
  func wholeLine(_ number: Int) -> Range<Int> {
    guard number >= 1, number <= starts.count else { return bytes.count..<bytes.count }
    return starts[number - 1]..<(number < starts.count ? starts[number] : bytes.count)
  }

  /// The bytes of a line without its end.
  func line(_ number: Int) -> Range<Int> {
    let whole = wholeLine(number)
    var end = whole.upperBound
    while end > whole.lowerBound, Self.lineBreak(bytes, lastScalarStart(before: end)) > 0 { end = lastScalarStart(before: end) }
    return whole.lowerBound..<end
  }

  private func lastScalarStart(before end: Int) -> Int {
    var at = end - 1
    while at > 0, bytes[at] & 0xC0 == 0x80 { at -= 1 }
    return at
  }

  func text(_ range: Range<Int>) -> String { String(decoding: bytes[range], as: UTF8.self) }

  /// A line as diagnostics show it: at most 4096 bytes.
  func excerpt(_ number: Int) -> String? {
    guard number >= 1, number <= starts.count else { return nil }
    let line = line(number)
    return text(line.lowerBound..<min(line.upperBound, line.lowerBound + 4096))
  }

  /// How many scalars start before a byte.
  private func count(before offset: Int) -> Int {
    let block = offset / Self.block
    return bytes[(block * Self.block)..<offset].reduce(counts[block]) { $1 & 0xC0 == 0x80 ? $0 : $0 + 1 }
  }

  /// The byte at a position; beyond the line: the line's end.
  func offset(_ position: SourceRange.Position) -> Int {
    let line = line(position.line)
    var missing = count(before: line.lowerBound) + max(position.column, 1) - 1
    let block = Self.last(in: counts) { $0 <= missing }
    var at = block * Self.block
    missing -= counts[block]
    while at < line.upperBound, missing > 0 || bytes[at] & 0xC0 == 0x80 {
      if bytes[at] & 0xC0 != 0x80 { missing -= 1 }
      at += 1
    }
    return min(at, line.upperBound)
  }

  func position(_ offset: Int) -> SourceRange.Position {
    let line = Self.last(in: starts) { $0 <= offset }
    return .init(line: line + 1, column: count(before: min(offset, bytes.count)) - count(before: starts[line]) + 1)
  }

  /// The index of the last element that fits; the first one always does.
  private static func last(in sorted: [Int], where fits: (Int) -> Bool) -> Int {
    var low = 0
    var high = sorted.count
    while high - low > 1 {
      let middle = (low + high) / 2
      if fits(sorted[middle]) { low = middle } else { high = middle }
    }
    return low
  }

  func range(_ bytes: Range<Int>, in file: String) -> SourceRange {
    SourceRange(file: file, start: position(bytes.lowerBound), end: position(bytes.upperBound))
  }

  /// Where a scalar itself stands, quotes included, without the anchor and the tag before it.
  func scalar(at place: Place) -> Range<Int> {
    let end = offset(place.end)
    var at = offset(place.start)
    while at < end, bytes[at] == UInt8(ascii: "&") || bytes[at] == UInt8(ascii: "!") {
      while at < end, !isBlank(bytes[at]) { at += 1 }
      while at < end, isBlank(bytes[at]) { at += 1 }
    }
    return at..<max(at, end)
  }

  /// Nothing but blanks, or a comment, from here to the end of the line.
  func isRestOfLineEmpty(from offset: Int) -> Bool {
    let line = line(position(offset).line)
    let rest = bytes[min(offset, line.upperBound)..<line.upperBound].drop { isBlank($0) }
    return rest.isEmpty || rest.first == UInt8(ascii: "#")
  }

  /// Nothing but blanks from the start of the line to here.
  func isStartOfLineEmpty(to offset: Int) -> Bool {
    bytes[wholeLine(position(offset).line).lowerBound..<offset].allSatisfy { isBlank($0) }
  }

  /// The line end that the file is written with.
  var lineEnd: String {
    guard starts.count > 1 else { return "\n" }
    return text(line(1).upperBound..<wholeLine(1).upperBound)
  }

  /// Whether `# muster:ignore MU0601 …` on the line, or in the comments right above it, silences the rule there.
  func isSilenced(_ code: String, at number: Int) -> Bool {
    guard !silenced.isEmpty else { return false }
    func silences(_ number: Int) -> Bool { silenced[number].map { $0.isEmpty || $0.contains(code) } ?? false }
    if silences(number) { return true }
    for above in stride(from: number - 1, through: max(1, number - Self.maximumComments), by: -1) {
      guard isComment(above) else { return false }
      if silences(above) { return true }
    }
    return false
  }

  /// Lines of comments above a value that are looked at.
  private static let maximumComments = 50

  private func isComment(_ number: Int) -> Bool { bytes[line(number)].first { !isBlank($0) } == UInt8(ascii: "#") }

  private mutating func findSilenced() {
    let marker = Array("muster:ignore".utf8)
    var from = 0
    while let start = bytes[from...].firstIndex(of: marker[0]) {
      from = start + 1
      guard bytes[start...].starts(with: marker) else { continue }
      let number = position(start).line
      let before = bytes[wholeLine(number).lowerBound..<start].suffix(2)
      guard before.last == UInt8(ascii: "#") || before.elementsEqual([UInt8(ascii: "#"), UInt8(ascii: " ")]) else { continue }
      let end = line(number).upperBound
      let words = text(start + marker.count..<min(end, start + 1000)).split { $0 == " " || $0 == "," || $0 == "\t" || $0 == ":" }
      silenced[number] = words.prefix { $0.hasPrefix("MU") && $0.dropFirst(2).allSatisfy(\.isNumber) }.map(String.init)
    }
  }
}

func isBlank(_ byte: UInt8) -> Bool { byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t") }
