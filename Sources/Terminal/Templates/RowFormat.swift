/// `--format` of the commands that list: `table`, `json`, a template, or `table` and a template for its columns.
public enum RowFormat: Sendable {
  /// The columns that the command has by itself.
  case table
  /// One object a line.
  case json
  /// The template for each row.
  case template(GoTemplate)
  /// The template for each row, with headings; tabs end its columns.
  case columns(GoTemplate)

  /// Throws what is wrong with a template. `\t` and `\n` in it are a tab and an end of line, as in Docker's.
  public init(_ text: String) throws(GoTemplateError) {
    switch text {
    case "table", "": self = .table
    case "json": self = .json
    default:
      func unescaped(_ text: Substring) -> String {
        text.split(separator: "\\t", omittingEmptySubsequences: false).joined(separator: "\t")
          .split(separator: "\\n", omittingEmptySubsequences: false).joined(separator: "\n")
      }
      if text.hasPrefix("table"), let blank = text.dropFirst(5).first, blank == " " || blank == "{" || blank == "\\" {
        self = .columns(try GoTemplate(unescaped(text.dropFirst(5).drop { $0 == " " })))
      } else {
        self = .template(try GoTemplate(unescaped(text[...])))
      }
    }
  }

  /// The text for rows, each an object of the names that a template may use; nil for `table`, which the command prints itself.
  ///
  /// `headings`: name → what stands above its column. What is not there stands in capitals.
  public func render(_ rows: [TemplateValue], headings: [String: String] = [:]) throws(GoTemplateError) -> String? {
    switch self {
    case .table: return nil
    case .json: return rows.map { $0.json + "\n" }.joined()
    case .template(let template):
      var text = ""
      for row in rows { text += try template.render(row) + "\n" }
      return text
    case .columns(let template):
      var names = headings.mapValues { TemplateValue.text($0) }
      if case .object(let fields)? = rows.first {
        for (name, value) in fields where names[name] == nil {
          // `{{.Label "team"}}`: the column is called what is looked up.
          names[name] = .text(name.uppercased())
          if case .object(let inner) = value {
            names[name] = .object(inner.reduce(into: [:]) { $0[$1.key] = .text($1.key) })
          }
        }
      }
      let head = try template.render(.object(names)).split(separator: "\t", omittingEmptySubsequences: false).map(String.init)
      var lines: [[String]] = []
      for row in rows {
        lines.append(try template.render(row).split(separator: "\t", omittingEmptySubsequences: false).map(String.init))
      }
      return Table(head, rows: lines).render()
    }
  }
}
