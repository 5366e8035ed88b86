/// Changes to the texts of several files. Insertions at one place stand in the order in which they were added.
struct TextChanges {
  private var changes: [String: [(range: Range<Int>, text: String)]] = [:]

  mutating func replace(_ range: Range<Int>, in file: String, with text: String) {
    changes[file, default: []].append((range, text))
  }
  mutating func insert(_ text: String, at offset: Int, in file: String) { replace(offset..<offset, in: file, with: text) }

  var files: [String] { changes.keys.sorted() }

  /// The bytes with the changes made; nil: two of them meet.
  func applied(to bytes: [UInt8], of file: String) -> [UInt8]? {
    let ordered = (changes[file] ?? []).enumerated().sorted {
      ($0.element.range.lowerBound, $0.offset) < ($1.element.range.lowerBound, $1.offset)
    }.map(\.element)
    var result: [UInt8] = []
    var at = 0
    for (range, text) in ordered {
      guard range.lowerBound >= at, range.upperBound <= bytes.count else { return nil }
      result += bytes[at..<range.lowerBound]
      result += Array(text.utf8)
      at = range.upperBound
    }
    return result + bytes[at...]
  }
}
