/// Writes a diagnostic as people and editors read it:
///
/// ```
/// compose.yaml:4:5: error: service "web" has no key "imge" [MU0301]
///     4 |     imge: nginx
///       |     ^~~~
///       = note: base.yaml:2:3: service "web" extends "base"
///       = did you mean "image"?
/// ```
///
/// Whatever came from a file is shown without control characters, so that a file cannot drive the terminal.
public struct DiagnosticRenderer: Sendable {
  public enum Style: Sendable {
    /// For pipes and files.
    case plain
    /// With ANSI colours, for terminals.
    case colour
  }
  public var style: Style
  public init(style: Style) { self.style = style }

  /// The text of one diagnostic, ending in a newline.
  public func render(_ diagnostic: Diagnostic) -> String {
    let place = diagnostic.range.map { paint(visible($0.description) + ":", .bold) + " " } ?? ""
    let label = paint("\(diagnostic.severity.rawValue):", colour(of: diagnostic.severity))
    var text = "\(place)\(label) \(visible(diagnostic.message)) \(paint("[\(diagnostic.code)]", .faint))\n"
    var gutter = "  "
    if let range = diagnostic.range, let excerpt = diagnostic.excerpt {
      let number = String(range.start.line)
      gutter = String(repeating: " ", count: max(5, number.count))
      let padding = String(repeating: " ", count: gutter.count - number.count)
      let shown = Excerpt(line: excerpt, range: range)
      text += "\(padding)\(number) \(paint("|", .faint)) \(shown.line)\n"
      text += "\(gutter) \(paint("|", .faint)) \(paint(shown.underline, colour(of: diagnostic.severity)))\n"
      if let last = Self.lastLine(of: range) { text += "\(gutter) \(paint("|", .faint)) \(paint("… to line \(last)", .faint))\n" }
    }
    for note in diagnostic.notes {
      let place = note.range.map { visible($0.description) + ": " } ?? ""
      text += "\(gutter) \(paint("=", .faint)) \(paint("note:", .cyan)) \(place)\(visible(note.message))\n"
    }
    if let hint = diagnostic.hint { text += "\(gutter) \(paint("=", .faint)) \(visible(hint))\n" }
    return text
  }

  /// The last line of a range that goes on beyond its first one. What ends before the first column of a line ends on the line above.
  private static func lastLine(of range: SourceRange) -> Int? {
    let last = range.end.column > 1 ? range.end.line : range.end.line - 1
    return last > range.start.line ? last : nil
  }

  /// All of them, errors where they stand, in the given order.
  public func render(_ diagnostics: [Diagnostic]) -> String { diagnostics.map(render).joined() }

  /// The line below a list: `2 errors, 14 warnings (MU0606 × 9, …)`.
  public func summary(_ diagnostics: [Diagnostic]) -> String {
    let counts = DiagnosticCounts(diagnostics)
    let mostly = counts.mostly.isEmpty ? "" : paint(" (\(counts.mostly))", .faint)
    let worst: Diagnostic.Severity? = counts.errors > 0 ? .error : counts.warnings > 0 ? .warning : nil
    return (worst.map { paint(counts.description, colour(of: $0)) } ?? counts.description) + mostly + "\n"
  }

  private enum Paint: String { case bold = "1", faint = "2", red = "1;31", yellow = "1;33", cyan = "1;36" }

  private func colour(of severity: Diagnostic.Severity) -> Paint {
    switch severity {
    case .error: .red
    case .warning: .yellow
    case .note: .cyan
    }
  }

  private func paint(_ text: String, _ paint: Paint) -> String {
    style == .colour && !text.isEmpty ? "\u{1B}[\(paint.rawValue)m\(text)\u{1B}[0m" : text
  }
}
