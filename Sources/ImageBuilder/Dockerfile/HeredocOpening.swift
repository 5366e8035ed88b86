/// `<<NAME`, `<<-NAME`, `3<<'NAME'` in an instruction's line.
struct HeredocOpening {
  var name: String
  var isExpanded: Bool
  var stripsTabs: Bool
  var offsets: Range<Int>

  /// Those of a RUN, COPY or ADD line; other instructions have none.
  static func all(in line: LogicalLine, escape: UInt8) -> [HeredocOpening] {
    let bytes = line.bytes
    let keyword = bytes.prefix { !$0.isBlank }
    guard ["RUN", "COPY", "ADD"].contains(String(decoding: keyword, as: UTF8.self).uppercased()) else { return [] }
    return QuotedWords.offsets(in: bytes, keyword.count..<bytes.count, escape: escape).compactMap { opening(in: bytes, at: $0) }
  }

  private static func opening(in bytes: [UInt8], at word: Range<Int>) -> HeredocOpening? {
    var rest = bytes[word].drop { (48...57).contains($0) }
    guard rest.starts(with: [0x3C, 0x3C]) else { return nil }
    rest = rest.dropFirst(2)
    let stripsTabs = rest.first == 0x2D
    if stripsTabs { rest = rest.dropFirst() }
    guard let first = rest.first, !rest.contains(0x3C) else { return nil }
    let isQuoted = first == 0x27 || first == 0x22
    if isQuoted {
      guard rest.count >= 3, rest.last == first else { return nil }
      rest = rest.dropFirst().dropLast()
    }
    guard rest.allSatisfy({ $0 != 0x27 && $0 != 0x22 && !$0.isBlank }) else { return nil }
    return HeredocOpening(
      name: String(decoding: rest, as: UTF8.self), isExpanded: !isQuoted, stripsTabs: stripsTabs, offsets: word)
  }
}
