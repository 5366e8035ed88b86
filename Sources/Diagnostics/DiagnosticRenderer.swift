/// Writes a diagnostic as people and editors read it:
///
/// ```
/// compose.yaml:4:5: error: service "web" has no key "imge" [MU0301]
///     4 |     imge: nginx
///       |     ^~~~
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
    }
    if let hint = diagnostic.hint { text += "\(gutter) \(paint("=", .faint)) \(visible(hint))\n" }
    return text
  }

  /// All of them, errors where they stand, in the given order.
  public func render(_ diagnostics: [Diagnostic]) -> String { diagnostics.map(render).joined() }

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
