public import Diagnostics
import FoundationEssentials

/// Diagnostics as one JSON array, for programs: `code`, `severity`, `file`, `line`, `column`, `endLine`, `endColumn`, `message`, `hint`,
/// `notes`, `fix`. Lines and columns count from 1, columns in Unicode code points; the end is one past the last.
public func diagnosticsJSON(_ diagnostics: [Diagnostic]) -> String { encoded(diagnostics.map(Item.init)) }

private struct Item: Encodable {
  var code: String
  var severity: String
  var file: String?
  var line: Int?
  var column: Int?
  var endLine: Int?
  var endColumn: Int?
  var message: String
  var hint: String?
  var notes: [Note]
  var fix: WrittenFix?

  init(_ diagnostic: Diagnostic) {
    code = diagnostic.code
    severity = diagnostic.severity.rawValue
    file = diagnostic.range?.file
    line = diagnostic.range?.start.line
    column = diagnostic.range?.start.column
    endLine = diagnostic.range?.end.line
    endColumn = diagnostic.range?.end.column
    message = diagnostic.message
    hint = diagnostic.hint
    notes = diagnostic.notes.map(Note.init)
    fix = diagnostic.fix.map(WrittenFix.init)
  }

  struct Note: Encodable {
    var message: String
    var file: String?
    var line: Int?
    var column: Int?
    init(_ note: Diagnostic.Note) {
      message = note.message
      file = note.range?.file
      line = note.range?.start.line
      column = note.range?.start.column
    }
  }

  struct WrittenFix: Encodable {
    var title: String
    var isSafe: Bool
    var edits: [Edit]
    init(_ fix: Fix) {
      title = fix.title
      isSafe = fix.isSafe
      edits = fix.edits.map(Edit.init)
    }
  }

  struct Edit: Encodable {
    var file: String
    var line: Int
    var column: Int
    var endLine: Int
    var endColumn: Int
    var replacement: String
    init(_ edit: TextEdit) {
      file = edit.range.file
      line = edit.range.start.line
      column = edit.range.start.column
      endLine = edit.range.end.line
      endColumn = edit.range.end.column
      replacement = edit.replacement
    }
  }
}

/// JSON with sorted keys, two spaces of indentation and a line end.
func encoded(_ value: some Encodable) -> String {
  let encoder = JSONEncoder()
  encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
  // Strings and numbers only: nothing that JSON has no form for.
  guard let data = try? encoder.encode(value) else { return "" }
  return String(decoding: data, as: UTF8.self) + "\n"
}
