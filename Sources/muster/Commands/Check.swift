import ArgumentParser
import Backend
import Diagnostics
import StackLoader
import Terminal

/// `muster check`.
struct Check: StackCommand {
  static let canBeTried = true
  static let configuration = CommandConfiguration(
    commandName: "check", abstract: "Look for what is wrong in the stack files, and for what is better done otherwise.",
    discussion: """
      Returns 1 when there are errors; with --strict (before the subcommand) warnings count as errors. A comment
      "# muster:ignore MU0601" on a line, or above it, silences a rule there.
      """)
  @Flag(help: "Rewrite what is safe to rewrite; comments and layout stay.") var fix = false
  @Flag(help: "With --fix: also what changes who is reached or what a container is given; passwords in environments become secrets.")
  var unsafeFixes = false
  @Flag(help: "With --fix: show the difference and write nothing.") var dryRun = false
  @Option(help: "text, json or sarif.") var format: Format = .text
  @Flag(help: "List the rules.") var list = false
  @Argument(help: "Services; none: all.") var services: [String] = []

  enum Format: String, ExpressibleByArgument, CaseIterable { case text, json, sarif }

  func validate() throws {
    if !fix, unsafeFixes || dryRun { throw ValidationError("\(unsafeFixes ? "--unsafe-fixes" : "--dry-run") belongs to --fix") }
  }

  func perform(_ context: Context) async throws -> Int32 {
    if list {
      context.output.write(ruleTable(context))
      return 0
    }
    let request = context.request(services)
    guard fix else { return show(checkStack(request).diagnostics, context) }
    return try await rewrite(request, context)
  }

  /// The findings on standard output.
  ///
  /// - Returns: The exit status.
  func show(_ diagnostics: [Diagnostic], _ context: Context) -> Int32 {
    let isBad = diagnostics.contains { $0.severity == .error || context.options.strict && $0.severity == .warning }
    switch format {
    case .json: context.output.write(diagnosticsJSON(diagnostics))
    case .sarif:
      context.output.write(sarif(diagnostics, rules: checkRules, version: MusterVersion.version, topic: checkTopic))
    case .text:
      let renderer = DiagnosticRenderer(style: context.style().hasColour ? .colour : .plain)
      context.output.write(renderer.render(diagnostics) + renderer.summary(diagnostics))
    }
    return isBad ? 1 : 0
  }

  private func ruleTable(_ context: Context) -> String {
    let width = checkRules.map(\.name.count).max() ?? 0
    return checkRules.map { rule in
      let name = rule.name + String(repeating: " ", count: width - rule.name.count)
      return "\(context.style().paint(rule.code, .bold))  \(name)  \(rule.severity.rawValue)\n    \(rule.reason)\n"
    }.joined()
  }
}
