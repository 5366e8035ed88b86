public import Diagnostics

/// Diagnostics as a SARIF 2.1.0 log (OASIS standard), which editors and code hosts show beside the lines.
///
/// - Parameters:
///   - rules: The rules that can be told about. Codes without one get a rule from `topic`, a sentence on what a code is about.
///   - version: The command's.
public func sarif(_ diagnostics: [Diagnostic], rules: [CheckRule], version: String, topic: (String) -> String) -> String {
  var known = rules
  for code in Set(diagnostics.map(\.code)).subtracting(rules.map(\.code)) {
    let severity = diagnostics.first { $0.code == code }?.severity ?? .error
    known.append(CheckRule(code: code, name: code, severity: severity, reason: topic(code)))
  }
  known.sort { $0.code < $1.code }
  let indices = Dictionary(known.enumerated().map { ($1.code, $0) }) { first, _ in first }
  let driver = Driver(version: version, semanticVersion: isSemantic(version) ? version : nil, rules: known.map(Descriptor.init))
  let run = Run(
    tool: Tool(driver: driver), columnKind: "unicodeCodePoints",
    results: diagnostics.map { Result($0, index: indices[$0.code] ?? 0) })
  return encoded(Log(runs: [run]))
}

private func isSemantic(_ version: String) -> Bool {
  let parts = version.split(separator: ".", omittingEmptySubsequences: false)
  return parts.count == 3 && parts.allSatisfy { !$0.isEmpty && $0.allSatisfy(\.isWholeNumber) }
}

private func level(_ severity: Diagnostic.Severity) -> String {
  switch severity {
  case .error: "error"
  case .warning: "warning"
  case .note: "note"
  }
}

private struct Log: Encodable {
  var schema = "https://json.schemastore.org/sarif-2.1.0.json"
  var version = "2.1.0"
  var runs: [Run]
  enum CodingKeys: String, CodingKey {
    case schema = "$schema"
    case version, runs
  }
}

private struct Run: Encodable {
  var tool: Tool
  var columnKind: String
  var results: [Result]
}

private struct Tool: Encodable { var driver: Driver }

private struct Driver: Encodable {
  var name = "muster"
  var version: String
  var semanticVersion: String?
  var rules: [Descriptor]
}

private struct Text: Encodable {
  var text: String
  init(_ text: String) { self.text = text }
}

private struct Descriptor: Encodable {
  struct Configuration: Encodable { var level: String }
  var id: String
  var name: String
  var shortDescription: Text
  var fullDescription: Text
  var help: Text
  var defaultConfiguration: Configuration

  init(_ rule: CheckRule) {
    id = rule.code
    // SARIF wants names in one piece, as PasswordInUrl.
    name = rule.name.split(separator: "-").map { $0.prefix(1).uppercased() + $0.dropFirst() }.joined()
    shortDescription = Text(rule.name.split(separator: "-").joined(separator: " "))
    fullDescription = Text(rule.reason)
    help = Text(rule.reason + " A comment \"# muster:ignore \(rule.code)\" on the line, or above it, silences the rule there.")
    if !rule.code.hasPrefix("MU06") {
      shortDescription = Text(rule.reason)
      help = Text(rule.reason)
    }
    defaultConfiguration = Configuration(level: level(rule.severity))
  }
}

private struct Result: Encodable {
  var ruleId: String
  var ruleIndex: Int
  var level: String
  var message: Text
  var locations: [Location]
  var relatedLocations: [Location]?
  var fixes: [ResultFix]?

  init(_ diagnostic: Diagnostic, index: Int) {
    ruleId = diagnostic.code
    ruleIndex = index
    level = Terminal.level(diagnostic.severity)
    message = Text(diagnostic.message + (diagnostic.hint.map { "\n\($0)" } ?? ""))
    locations = diagnostic.range.map { [Location($0)] } ?? []
    let related = diagnostic.notes.enumerated().compactMap { number, note in
      note.range.map { Location($0, id: number, message: note.message) }
    }
    relatedLocations = related.isEmpty ? nil : related
    fixes = diagnostic.fix.map { [ResultFix($0)] }
  }
}

private struct Location: Encodable {
  struct Physical: Encodable {
    var artifactLocation: Artifact
    var region: Region
  }
  var id: Int?
  var message: Text?
  var physicalLocation: Physical

  init(_ range: SourceRange, id: Int? = nil, message: String? = nil) {
    self.id = id
    self.message = message.map(Text.init)
    physicalLocation = Physical(artifactLocation: Artifact(range.file), region: Region(range))
  }
}

private struct Artifact: Encodable {
  var uri: String
  init(_ file: String) {
    let escaped = file.utf8.map { byte in
      let isSafe =
        (byte | 0x20) >= UInt8(ascii: "a") && (byte | 0x20) <= UInt8(ascii: "z") || byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "9")
        || "-._~/".utf8.contains(byte)
      return isSafe ? String(Unicode.Scalar(byte)) : "%" + (byte < 16 ? "0" : "") + String(byte, radix: 16, uppercase: true)
    }.joined()
    uri = file.hasPrefix("/") ? "file://\(escaped)" : escaped
  }
}

private struct Region: Encodable {
  var startLine: Int
  var startColumn: Int
  var endLine: Int
  var endColumn: Int
  init(_ range: SourceRange) {
    startLine = range.start.line
    startColumn = range.start.column
    endLine = range.end.line
    endColumn = range.end.column
  }
}

private struct ResultFix: Encodable {
  struct Change: Encodable {
    var artifactLocation: Artifact
    var replacements: [Replacement]
  }
  struct Replacement: Encodable {
    var deletedRegion: Region
    var insertedContent: Text
  }
  var description: Text
  var artifactChanges: [Change]

  init(_ fix: Fix) {
    description = Text(fix.title + (fix.isSafe ? "" : " (look at it first)"))
    artifactChanges = Dictionary(grouping: fix.edits, by: \.range.file).sorted { $0.key < $1.key }.map { file, edits in
      Change(
        artifactLocation: Artifact(file),
        replacements: edits.map { Replacement(deletedRegion: Region($0.range), insertedContent: Text($0.replacement)) })
    }
  }
}
