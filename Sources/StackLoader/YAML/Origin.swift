import Diagnostics

/// Where a piece of YAML comes from: its file, and what relative paths and variables in it mean.
final class Origin: Sendable {
  /// As the user named it, or absolute; `<stdin>` for standard input.
  let file: String
  /// Absolute directory that relative paths start from.
  let directory: String
  /// Variables for interpolation, `env_file`s and pass-through.
  let environment: Variables
  /// The file's absolute path; nil for standard input.
  let path: String?
  /// Where the command runs: paths below are shown from there.
  private let currentDirectory: String
  let bytes: [UInt8]

  init(
    file: String, path: String? = nil, directory: String, currentDirectory: String, environment: Variables, bytes: [UInt8]
  ) {
    self.file = file
    self.path = path
    self.directory = directory
    self.currentDirectory = currentDirectory
    self.environment = environment
    self.bytes = bytes
  }

  /// An absolute path for people.
  func shown(_ path: String) -> String { Paths.shown(path, from: currentDirectory) }
}

/// A stretch of a file, and the way that led there.
struct Place: Sendable {
  var origin: Origin
  /// Nearest first: the variable that gave the value, the `extends` or `include` that brought it.
  var trail: Trail?
  // There are as many places as keys and values, and no file is so large.
  private var startLine, startColumn, endLine, endColumn: UInt32

  init(origin: Origin, start: SourceRange.Position, end: SourceRange.Position) {
    self.origin = origin
    startLine = UInt32(clamping: start.line)
    startColumn = UInt32(clamping: start.column)
    endLine = UInt32(clamping: end.line)
    endColumn = UInt32(clamping: end.column)
  }

  var start: SourceRange.Position { SourceRange.Position(line: Int(startLine), column: Int(startColumn)) }
  var end: SourceRange.Position { SourceRange.Position(line: Int(endLine), column: Int(endColumn)) }

  var range: SourceRange { SourceRange(file: origin.file, start: start, end: end) }
}

/// One step of the way to a place, and the steps before it.
final class Trail: Sendable {
  let note: Diagnostic.Note
  let next: Trail?

  init(_ note: Diagnostic.Note, _ next: Trail?) {
    self.note = note
    self.next = next
  }

  /// Nearest first; a step that comes twice is told once.
  var notes: [Diagnostic.Note] {
    var notes: [Diagnostic.Note] = []
    var step: Trail? = self
    while let at = step {
      if !notes.contains(at.note) { notes.append(at.note) }
      step = at.next
    }
    return notes
  }
}
