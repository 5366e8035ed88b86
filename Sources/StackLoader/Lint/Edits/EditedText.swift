import Diagnostics

/// A file's text with edits to be made. Bytes outside of them stay what they are: comments, layout, line ends.
struct EditedText {
  let source: SourceText
  /// In the order of the file, none touching another.
  private var edits: [(range: Range<Int>, replacement: [UInt8])] = []

  init(_ source: SourceText) { self.source = source }

  /// Takes all of a fix's edits in, or none when one of them meets an earlier one.
  mutating func add(_ added: [TextEdit]) -> Bool {
    var merged = edits
    for edit in added {
      let start = source.offset(edit.range.start)
      let range = start..<max(start, source.offset(edit.range.end))
      let at = merged.firstIndex { $0.range.lowerBound >= range.lowerBound } ?? merged.count
      if at < merged.count, merged[at].range.lowerBound < range.upperBound || merged[at].range.lowerBound == range.lowerBound {
        return false
      }
      if at > 0, merged[at - 1].range.upperBound > range.lowerBound { return false }
      merged.insert((range, Array(edit.replacement.utf8)), at: at)
    }
    edits = merged
    return true
  }

  var isChanged: Bool { !edits.isEmpty }

  var bytes: [UInt8] {
    var bytes = source.bytes
    for edit in edits.reversed() { bytes.replaceSubrange(edit.range, with: edit.replacement) }
    return bytes
  }
}
