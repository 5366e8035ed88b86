import Diagnostics

@testable import StackLoader

/// Checks `/shop/compose.yaml` with this text and the other files.
func check(
  _ text: String, files: [String: String] = [:], environment: [String: String] = [:], services: [String] = []
) -> CheckedStack {
  checkStack(
    LoadRequest(services: services, environment: environment, currentDirectory: "/shop"),
    reader: MemoryFiles(files: files.merging(["/shop/compose.yaml": text]) { $1 }))
}

/// What the linter found, and the repetitions that the loader tells about: `3:5 MU0601`, with `error` or `note` where it is no warning, and `!` for a safe, `?` for an unsafe fix.
func findings(_ checked: CheckedStack) -> [String] {
  checked.diagnostics.filter { $0.code.hasPrefix("MU06") || $0.code == "MU0308" }.map { diagnostic in
    let place = diagnostic.range.map { "\($0.start.line):\($0.start.column)" } ?? "-"
    let severity = diagnostic.severity == .warning ? "" : " \(diagnostic.severity.rawValue)"
    return "\(place) \(diagnostic.code)\(severity)\(diagnostic.fix.map { $0.isSafe ? " !" : " ?" } ?? "")"
  }
}

/// A line a diagnostic, with hint, notes and fix.
func described(_ diagnostic: Diagnostic) -> String {
  let place = diagnostic.range.map { "\($0)-\($0.end.line):\($0.end.column): " } ?? ""
  let hint = diagnostic.hint.map { " | \($0)" } ?? ""
  let fix = diagnostic.fix.map { " | \($0.isSafe ? "fix" : "unsafe fix"): \($0.title)" } ?? ""
  return "\(place)\(diagnostic.severity.rawValue) \(diagnostic.code): \(diagnostic.message)\(hint)\(fix)"
}
