public import Diagnostics

/// What ``checkStack`` found.
public struct CheckedStack: Sendable {
  /// The loader's and the linter's, by file, line and column; without a place first.
  public var diagnostics: [Diagnostic]
  /// nil: the files are wrong.
  var loaded: LoadedStack?
  /// The stack's files by the names that diagnostics have for them.
  var sources: [String: Source]

  struct Source: Sendable {
    /// nil: standard input.
    var path: String?
    var text: SourceText
  }
}

/// Loads the stack files as ``loadStack`` does and looks, beyond what is wrong, for what is better done otherwise (``checkRules``).
///
/// With services named in the request, what is found in others is left out; what is wrong with the files is not.
/// Lines that hold a password are shown without it. `# muster:ignore MU0601` on a line, or in the comments above it, silences a rule there.
public func checkStack(_ request: LoadRequest, reader: some FileReader = HostFiles()) -> CheckedStack {
  let report = Report()
  let complete = load(request, reader, report)
  var uninterpolated = request
  uninterpolated.interpolates = false
  // When a variable is missing, as it may be where files are only checked, they are looked at with their variables in them.
  guard let loaded = complete ?? load(uninterpolated, reader, Report()) else {
    return CheckedStack(diagnostics: inOrder(report.diagnostics), loaded: nil, sources: [:])
  }
  let files = WrittenFiles(loaded.merged)
  let lint = Lint(loaded, files, reader: reader, services: Set(request.services))
  for rule in lintRules { rule(lint) }
  lint.tellRest()
  var diagnostics = report.diagnostics.map { withKeyFix($0, files) }
  let told = Set(lint.diagnostics.filter { $0.code == LintRule.obsoleteKey.rawValue }.compactMap(\.range?.start))
  // The linter says it too, with a fix.
  diagnostics.removeAll { $0.code == Code.withoutEffect.rawValue && $0.range.map { told.contains($0.start) } ?? false }
  var found = lint.diagnostics
  // What the loader says of a repetition, the linter need not say again; it knows what to write instead.
  for (at, diagnostic) in diagnostics.enumerated() where diagnostic.code == Code.duplicateItem.rawValue {
    guard
      let same = found.firstIndex(where: {
        $0.code == LintRule.duplicateEntry.rawValue && $0.range?.start == diagnostic.range?.start
          && $0.range?.file == diagnostic.range?.file
      })
    else { continue }
    diagnostics[at].fix = found.remove(at: same).fix
  }
  diagnostics = lint.masks.applied(to: inOrder(diagnostics + found))
  return CheckedStack(diagnostics: diagnostics, loaded: report.hasErrors ? nil : complete, sources: files.sources)
}

/// The rules, a function a topic.
private let lintRules: [@Sendable (Lint) -> Void] = [
  checkPasswords, checkImages, checkPublishedPorts, checkMounts, checkPrivileges, checkDependencies, checkHealthchecks, checkUnused,
  checkWriting, checkObsolete,
]
