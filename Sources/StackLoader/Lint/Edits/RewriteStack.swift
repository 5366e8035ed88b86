public import Diagnostics
import StackModel

/// What applying fixes would make of the stack's files. Nothing is written yet.
public struct Rewriting: Sendable {
  public struct File: Sendable {
    /// Absolute.
    public var path: String
    /// As diagnostics name it.
    public var shown: String
    public var before: [UInt8]
    public var after: [UInt8]
  }
  public struct Refused: Sendable {
    public var diagnostic: Diagnostic
    public var reason: String
  }
  /// Only files that change.
  public var files: [File] = []
  /// What is put right, in the order it was.
  public var applied: [Diagnostic] = []
  /// What has a fix that is not made, and why.
  public var refused: [Refused] = []
  /// What is found in the files as they would be.
  public var remaining: [Diagnostic] = []
}

/// Applies the fixes of what ``checkStack`` finds, in memory.
///
/// The result is loaded again: it must give the same stack but for what the fixes say they change. A fix that does not hold to that
/// is left out. Files with errors are first made right (misspelt keys), then looked at again. Standard input is never rewritten.
///
/// - Parameter includesUnsafe: Also the fixes that change who is reached or what a container is given.
public func rewriteStack(_ request: LoadRequest, includesUnsafe: Bool = false, reader: some FileReader = HostFiles()) -> Rewriting {
  var rewriter = Rewriter(request: request, includesUnsafe: includesUnsafe, reader: reader)
  return rewriter.run()
}

struct Rewriter {
  let request: LoadRequest
  let includesUnsafe: Bool
  let reader: any FileReader
  private var overlay: [String: [UInt8]] = [:]
  private var before: [String: Rewriting.File] = [:]
  private var result = Rewriting()
  private var givenUp: Set<Fix> = []

  /// Fixes that stand in each other's way are made one after the other.
  private static let maximumRounds = 8
  /// Fixes tried one by one when together they change what they should not.
  private static let maximumTrials = 60

  init(request: LoadRequest, includesUnsafe: Bool, reader: any FileReader) {
    self.request = request
    self.includesUnsafe = includesUnsafe
    self.reader = reader
  }

  private func check(_ overlay: [String: [UInt8]]) -> CheckedStack {
    checkStack(request, reader: OverlayFiles(reader: reader, rewritten: overlay))
  }

  mutating func run() -> Rewriting {
    var checked = check([:])
    for _ in 0..<Self.maximumRounds {
      guard let next = round(checked) else { break }
      checked = next
    }
    result.remaining = checked.diagnostics
    result.files = before.values.sorted { $0.path < $1.path }.compactMap { file in
      guard let after = overlay[file.path], after != file.before else { return nil }
      var file = file
      file.after = after
      return file
    }
    return result
  }

  /// Applies what can be applied at once; nil: nothing more can be.
  private mutating func round(_ checked: CheckedStack) -> CheckedStack? {
    let hasErrors = checked.loaded == nil
    var wanted: [Diagnostic] = []
    for diagnostic in checked.diagnostics {
      guard let fix = diagnostic.fix, !givenUp.contains(fix), fix.isSafe || includesUnsafe else { continue }
      // What holds no stack together cannot be compared: errors first.
      guard !hasErrors || diagnostic.severity == .error else { continue }
      if let path = unwritable(fix, checked) {
        refuse(diagnostic, fix, path)
      } else {
        wanted.append(diagnostic)
      }
    }
    guard !wanted.isEmpty else { return nil }
    if let next = attempt(wanted, on: checked) { return next }
    // Together they do something else: find those that do not.
    var alone: [Diagnostic] = []
    for diagnostic in wanted.prefix(Self.maximumTrials) {
      guard let fix = diagnostic.fix else { continue }
      if trial([diagnostic], on: checked) != nil {
        alone.append(diagnostic)
      } else {
        refuse(diagnostic, fix, "the stack would not be the same with it")
      }
    }
    for diagnostic in wanted.dropFirst(Self.maximumTrials) {
      if let fix = diagnostic.fix { refuse(diagnostic, fix, "the fixes together would make another stack") }
    }
    if let next = attempt(alone, on: checked) { return next }
    return alone.first.flatMap { attempt([$0], on: checked) }
  }

  private mutating func refuse(_ diagnostic: Diagnostic, _ fix: Fix, _ reason: String) {
    givenUp.insert(fix)
    result.refused.append(Rewriting.Refused(diagnostic: diagnostic, reason: reason))
  }

  private func unwritable(_ fix: Fix, _ checked: CheckedStack) -> String? {
    for edit in fix.edits {
      guard let source = checked.sources[edit.range.file] else { return "\(edit.range.file) is not a file of the stack" }
      if source.path == nil { return "standard input cannot be rewritten" }
    }
    return nil
  }

  private mutating func attempt(_ diagnostics: [Diagnostic], on checked: CheckedStack) -> CheckedStack? {
    guard let made = trial(diagnostics, on: checked) else { return nil }
    for (path, file) in made.files {
      overlay[path] = file.after
      if before[path] == nil { before[path] = file }
    }
    result.applied += made.applied
    return made.checked
  }

  /// The files with these fixes, when they hold to what they say.
  private func trial(
    _ diagnostics: [Diagnostic], on checked: CheckedStack
  ) -> (checked: CheckedStack, files: [String: Rewriting.File], applied: [Diagnostic])? {
    var texts: [String: EditedText] = [:]
    var applied: [Diagnostic] = []
    for diagnostic in diagnostics {
      guard let fix = diagnostic.fix else { continue }
      var changed = texts
      let byFile = Dictionary(grouping: fix.edits, by: \.range.file)
      let fits = byFile.allSatisfy { file, edits in
        guard let source = checked.sources[file] else { return false }
        return changed[file, default: EditedText(source.text)].add(edits)
      }
      guard fits else { continue }
      texts = changed
      applied.append(diagnostic)
    }
    var tried = overlay
    var files: [String: Rewriting.File] = [:]
    for (shown, text) in texts where text.isChanged {
      guard let path = checked.sources[shown]?.path else { return nil }
      // The same file under two names: the second is looked at in the next round.
      guard files[path] == nil else { return nil }
      files[path] = Rewriting.File(path: path, shown: shown, before: text.source.bytes, after: text.bytes)
      tried[path] = text.bytes
    }
    guard !files.isEmpty else { return nil }
    let after = check(tried)
    return Self.isAsSaid(applied.compactMap(\.fix), checked, after) ? (after, files, applied) : nil
  }

  /// Whether the stack after the fixes is the one before them, but for what they say they change.
  static func isAsSaid(_ fixes: [Fix], _ before: CheckedStack, _ after: CheckedStack) -> Bool {
    guard let old = before.loaded else {
      // There was no stack to compare with: some errors are gone, and none has come.
      let oldErrors = errors(before)
      let newErrors = errors(after)
      return newErrors.count < oldErrors.count && newErrors.allSatisfy { oldErrors[$0.key] ?? 0 >= $0.value }
        || (newErrors.isEmpty && after.loaded != nil)
    }
    guard let new = after.loaded else { return false }
    return unsaid(fixes.flatMap(\.changes), old, new).isEmpty
  }

  /// The places where two stacks differ beyond those that are allowed to, as `services.db.environment.PASSWORD`.
  static func unsaid(_ allowed: [String], _ old: LoadedStack, _ new: LoadedStack) -> [String] {
    let allowed = allowed.map { $0.split(separator: ".", omittingEmptySubsequences: false) }
    let unsaid = changes(resolved(old), resolved(new)).filter { path in !allowed.contains { isWithin(path, $0) } }
    return unsaid.map { $0.joined(separator: ".") }
  }

  /// All that the files say: also the services of inactive profiles, and what no service uses.
  private static func resolved(_ loaded: LoadedStack) -> ConfigValue {
    var whole = loaded
    whole.decoded.services.merge(loaded.decoded.disabledServices) { enabled, _ in enabled }
    guard case .map(var value) = Canonical(whole, format: .json).value() else { return .null }
    for section in ["networks", "volumes", "secrets", "configs"] {
      for entry in loaded.merged[section]?.mapping?.entries ?? [] { value["declared \(section).\(entry.key)"] = declared(entry.value) }
    }
    // What users keep for themselves; where it is used it has become a part of the rest.
    return .map(ConfigMap(value.entries.filter { !$0.key.hasPrefix("x-") }.map { ($0.key, $0.value) }))
  }

  /// With `external: {name: x}` in its new form.
  private static func declared(_ node: Node) -> ConfigValue {
    guard case .map(var value) = ConfigValue(node), case .map(let external)? = value["external"], let name = external["name"] else {
      return ConfigValue(node)
    }
    value["external"] = .bool(true)
    value["name"] = name
    return .map(value)
  }

  private static func errors(_ checked: CheckedStack) -> [String: Int] {
    checked.diagnostics.filter { $0.severity == .error }.reduce(into: [:]) { $0["\($1.code) \($1.message)", default: 0] += 1 }
  }

  /// `*` stands for one name; names may hold dots themselves.
  private static func isWithin(_ path: [String], _ allowed: [Substring]) -> Bool {
    let written = path.joined(separator: ".")
    guard let star = allowed.firstIndex(of: "*") else {
      let prefix = allowed.joined(separator: ".")
      return written == prefix || written.hasPrefix(prefix + ".")
    }
    guard star == 1, path.count > 1, path[0] == allowed[0] else { return false }
    let rest = path.dropFirst(2).joined(separator: ".")
    let prefix = allowed.dropFirst(2).joined(separator: ".")
    return prefix.isEmpty || rest == prefix || rest.hasPrefix(prefix + ".")
  }

  /// The places where two resolved stacks differ.
  private static func changes(_ old: ConfigValue, _ new: ConfigValue, at path: [String] = []) -> [[String]] {
    guard old != new else { return [] }
    guard case .map(let first) = old, case .map(let second) = new else { return [path] }
    return Set(first.keys).union(second.keys).flatMap { key in
      switch (first[key], second[key]) {
      case (let mine?, let theirs?): changes(mine, theirs, at: path + [key])
      // What comes or goes as a whole is each of its parts.
      case (.map(let whole)?, nil), (nil, .map(let whole)?):
        whole.keys.isEmpty ? [path + [key]] : changes(.map(whole), .map(ConfigMap([])), at: path + [key])
      default: [path + [key]]
      }
    }
  }
}
