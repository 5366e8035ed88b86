/// One line of a file, cut to a bearable width around a marked range, and the underline for the row below it.
struct Excerpt {
  var line: String
  var underline: String

  /// Columns shown of a long line.
  private static let width = 160

  init(line text: String, range: SourceRange) {
    let scalars = Array(text.unicodeScalars)
    let first = min(max(range.start.column - 1, 0), scalars.count)
    let last = range.end.line == range.start.line ? min(max(range.end.column - 1, first), scalars.count) : scalars.count
    let from = first > Self.width - 40 ? first - 40 : 0
    let to = min(scalars.count, from + Self.width)
    var line = from > 0 ? "…" : ""
    var underline = from > 0 ? " " : ""
    for index in from..<to {
      let shown = visible(String(Character(scalars[index])))
      line += shown
      let mark: Character = index == first ? "^" : index > first && index < last ? "~" : " "
      underline += shown == "\t" && mark == " " ? "\t" : String(repeating: mark == "^" ? "~" : mark, count: shown.count)
      if mark == "^" { underline = String(underline.dropLast(shown.count)) + "^" + String(repeating: "~", count: shown.count - 1) }
    }
    if first >= to { underline += "^" }
    if to < scalars.count { line += "…" }
    while underline.last == " " || underline.last == "\t" { underline.removeLast() }
    self.line = line
    self.underline = underline
  }
}
