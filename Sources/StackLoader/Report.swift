import Diagnostics

/// What was found so far. Lives for one load and stays inside it.
final class Report {
  private(set) var diagnostics: [Diagnostic] = []
  private(set) var hasErrors = false
  private var unset: Set<String> = []
  private var seen: Set<Diagnostic> = []
  private var counts: [Diagnostic.Severity: Int] = [:]

  /// A file that is wrong everywhere is not told about endlessly.
  private static let limit = 200

  func has(_ code: Code) -> Bool { diagnostics.contains { $0.code == code.rawValue } }

  func error(_ code: Code, _ place: Place?, _ message: String, hint: String? = nil) {
    hasErrors = true
    add(code, .error, place, message, hint)
  }

  func warning(_ code: Code, _ place: Place?, _ message: String, hint: String? = nil) {
    add(code, .warning, place, message, hint)
  }

  /// An error in a file that may hold secrets: with its place, without the line.
  func errorWithoutExcerpt(_ code: Code, _ range: SourceRange, _ message: String, hint: String? = nil) {
    hasErrors = true
    append(Diagnostic(code: code.rawValue, severity: .error, range: range, message: message, hint: hint))
  }

  /// Warns once for each name.
  func unsetVariable(_ name: String, _ place: Place?) {
    guard unset.insert(name).inserted else { return }
    warning(
      .unsetVariable, place, "the variable \(name) is not set; it is taken as empty",
      hint: "set it, or give it a default: ${\(name):-value}")
  }

  private func add(_ code: Code, _ severity: Diagnostic.Severity, _ place: Place?, _ message: String, _ hint: String?) {
    append(
      Diagnostic(
        code: code.rawValue, severity: severity, range: place?.range, message: message, hint: hint, excerpt: place?.excerpt))
  }

  private func append(_ diagnostic: Diagnostic) {
    // Counted apart, so that no flood of warnings hides the errors.
    guard counts[diagnostic.severity, default: 0] < Self.limit, seen.insert(diagnostic).inserted else { return }
    counts[diagnostic.severity, default: 0] += 1
    diagnostics.append(diagnostic)
  }
}
