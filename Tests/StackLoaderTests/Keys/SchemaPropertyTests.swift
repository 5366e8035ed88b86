import Diagnostics
import Testing

@testable import StackLoader

/// Random documents: what the specification's schema accepts, ``KeyCheck`` accepts; what it refuses is refused with a place.
@Suite struct SchemaPropertyTests {
  /// Errors that are no findings, of the structure alone.
  private func structure(_ text: String) throws -> [Diagnostic] {
    let report = Report()
    KeyCheck(report: report).check(try parse(text))
    return report.diagnostics.filter { $0.severity == .error && $0.finding == nil }
  }

  @Test(arguments: 0..<4) func validDocumentsAreAccepted(_ seed: UInt64) throws {
    let schema = try JSONSchema.specification()
    var random = RandomDocument(schema, seed: seed + 1)
    for _ in 0..<80 {
      let document = random.next()
      #expect(schema.accepts(document))
      let text = JSONWriter().text(document)
      let errors = try structure(text)
      #expect(errors == [], "\(DiagnosticRenderer(style: .plain).render(errors))\n\(text)")
    }
  }

  @Test(arguments: 0..<4) func changedDocumentsAreJudgedAlike(_ seed: UInt64) throws {
    let schema = try JSONSchema.specification()
    var random = RandomDocument(schema, seed: seed + 1000)
    var refused = 0
    for _ in 0..<40 {
      let document = random.next()
      for _ in 0..<6 {
        let changed = random.mutated(document)
        let text = JSONWriter().text(changed)
        let errors = try structure(text)
        let isValid = schema.accepts(changed)
        #expect(errors.isEmpty == isValid, "\(isValid ? "accepted" : "refused") by the schema: \(errors.map(\.message))\n\(text)")
        if !isValid { refused += 1 }
        expectPlaces(errors, inside: text)
      }
    }
    // The changes are worth their name.
    #expect(refused > 60)
  }

  private func expectPlaces(_ errors: [Diagnostic], inside text: String) {
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
    for error in errors {
      guard let range = error.range, range.start.line <= lines.count else {
        Issue.record("no place: \(error)")
        continue
      }
      #expect(range.start.line >= 1 && range.start.column >= 1, "\(error)")
      #expect(range.start.column <= lines[range.start.line - 1].unicodeScalars.count + 1, "\(error)")
      #expect(error.excerpt == String(lines[range.start.line - 1]))
    }
  }

  /// The whole loader refuses what the schema refuses.
  @Test(arguments: 0..<2) func loaderRefusesWhatTheSchemaRefuses(_ seed: UInt64) throws {
    let schema = try JSONSchema.specification()
    var random = RandomDocument(schema, seed: seed + 2000)
    for _ in 0..<30 {
      let changed = random.mutated(random.next())
      guard !schema.accepts(changed), changed["include"] == nil else { continue }
      let text = JSONWriter().text(changed)
      let loaded = load(text)
      #expect(loaded.value == nil, "\(text)")
      #expect(loaded.diagnostics.contains { $0.severity == .error && $0.range != nil }, "\(text)")
    }
  }
}
