/// How many diagnostics of each kind there are.
public struct DiagnosticCounts: Sendable, Equatable, CustomStringConvertible {
  public var errors = 0
  public var warnings = 0
  public var notes = 0
  /// By code, the most frequent first.
  public var codes: [(code: String, count: Int)] = []

  public init(_ diagnostics: [Diagnostic]) {
    var byCode: [String: Int] = [:]
    for diagnostic in diagnostics {
      switch diagnostic.severity {
      case .error: errors += 1
      case .warning: warnings += 1
      case .note: notes += 1
      }
      byCode[diagnostic.code, default: 0] += 1
    }
    codes = byCode.map { ($0.key, $0.value) }.sorted { ($1.count, $0.code) < ($0.count, $1.code) }
  }

  public static func == (first: Self, second: Self) -> Bool {
    (first.errors, first.warnings, first.notes) == (second.errors, second.warnings, second.notes)
      && first.codes.elementsEqual(second.codes) { $0 == $1 }
  }

  public var total: Int { errors + warnings + notes }

  /// `2 errors, 1 warning`; `nothing found`.
  public var description: String {
    let parts = [(errors, "error"), (warnings, "warning"), (notes, "note")].filter { $0.0 > 0 }
    return parts.isEmpty ? "nothing found" : parts.map { "\($0.0) \($0.1)\($0.0 == 1 ? "" : "s")" }.joined(separator: ", ")
  }

  /// `MU0606 × 40, MU0601 × 12`: what a long list is mostly about. Empty for lists that are taken in at a glance.
  public var mostly: String {
    guard total > 20 else { return "" }
    let shown = codes.prefix(8).map { "\($0.code) × \($0.count)" }
    return shown.joined(separator: ", ") + (codes.count > 8 ? " and \(codes.count - 8) more codes" : "")
  }
}
