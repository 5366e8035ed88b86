import Diagnostics

/// The stretches of lines that hold passwords and are shown as `***`.
struct Masks {
  private struct Line: Hashable {
    var file: String
    var number: Int
  }
  private var stretches: [Line: Set<Range<Int>>] = [:]

  /// Columns from `range`; a range of several lines covers its first line to the end, and the following ones whole.
  mutating func add(_ range: SourceRange) {
    for number in range.start.line...max(range.start.line, min(range.end.line, range.start.line + 1000)) {
      let from = number == range.start.line ? range.start.column : 1
      let to = number == range.end.line ? range.end.column : Int.max
      if from < to { stretches[Line(file: range.file, number: number), default: []].insert(from..<to) }
    }
  }

  /// The diagnostics, with the excerpts that show such a line masked.
  func applied(to diagnostics: [Diagnostic]) -> [Diagnostic] {
    diagnostics.map { diagnostic in
      guard let range = diagnostic.range, let excerpt = diagnostic.excerpt,
        let hidden = stretches[Line(file: range.file, number: range.start.line)]
      else { return diagnostic }
      var masked = diagnostic
      // A mark behind a mask would stand beside what it marks.
      let isBehind = hidden.count > 100 || hidden.contains { $0.upperBound <= range.start.column }
      masked.excerpt = isBehind ? nil : Self.mask(excerpt, hidden)
      return masked
    }
  }

  private static func mask(_ text: String, _ hidden: Set<Range<Int>>) -> String {
    var scalars = Array(text.unicodeScalars)
    var edge = Int.max
    for range in hidden.sorted(by: { $0.lowerBound > $1.lowerBound }) {
      let from = min(range.lowerBound - 1, scalars.count)
      let to = min(range.upperBound - 1, scalars.count, max(edge, from))
      if from < to { scalars.replaceSubrange(from..<to, with: "***".unicodeScalars) }
      edge = from
    }
    return String(String.UnicodeScalarView(scalars))
  }
}
