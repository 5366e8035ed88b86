import Diagnostics

/// What was found so far. Lives for one load and stays inside it.
final class Report {
  private(set) var diagnostics: [Diagnostic] = []
  private(set) var hasErrors = false
  /// In the order of the files.
  private(set) var uses: [VariableUse] = []
  private var unset: Set<String> = []
  private var told: Set<String> = []
  private var seen: Set<Diagnostic> = []
  private var counts: [Diagnostic.Severity: Int] = [:]
  /// Where the structure is wrong: whatever else is found there comes of that.
  private var misshapen: Set<Spot> = []
  private var hushed: Set<Code> = []

  private struct Spot: Hashable {
    var file: String
    var start: SourceRange.Position
    init(_ place: Place) {
      file = place.origin.file
      start = place.start
    }
  }
  /// Of the files that something was told about; each keeps its file, so that no other can have its key.
  private var lines: [ObjectIdentifier: LineIndex] = [:]
  private var interpolatedBytes = 0

  /// A file that is wrong everywhere is not told about endlessly.
  private static let limit = 200

  private static let maximumUses = 20_000
  private static let maximumInterpolated = 32 << 20

  /// Further errors are not told about any more; what only makes them better need not be done.
  var isFull: Bool { !isOpen(.error) }

  /// Names compared for suggestions so far, and how many are in one load: a broken file with many names would take minutes.
  private var comparisons = 0
  private static let maximumComparisons = 20_000

  /// `did you mean "db"?`; nil when no name is near, or after too many have been looked for.
  func suggestion(for name: String, among known: some Collection<String>) -> String? {
    guard comparisons < Self.maximumComparisons else { return nil }
    comparisons += known.count
    return nearestName(to: name, among: known).map { "did you mean \"\($0)\"?" }
  }

  func has(_ code: Code) -> Bool { diagnostics.contains { $0.code == code.rawValue } }

  func error(_ code: Code, _ place: Place?, _ message: String, hint: String? = nil) {
    hasErrors = true
    if isHushed(place) || hushed.contains(code) { return }
    add(code, .error, place, message, hint)
  }

  /// An error in what is written, whatever it means. What decoding finds at the same place is the same mistake, found once more.
  func structureError(_ code: Code, _ place: Place, _ message: String, hint: String? = nil) {
    error(code, place, message, hint: hint)
    structureErrors += 1
    hush(at: place)
  }
  private(set) var structureErrors = 0

  /// Nothing more is told about this place.
  func hush(at place: Place) { misshapen.insert(Spot(place)) }

  /// Errors of this kind come of what has been told, and are not.
  func hush(_ code: Code) { hushed.insert(code) }

  private func isHushed(_ place: Place?) -> Bool { place.map { misshapen.contains(Spot($0)) } ?? false }

  /// An error that would not be told any more.
  func untold() { hasErrors = true }

  func warning(_ code: Code, _ place: Place?, _ message: String, hint: String? = nil) {
    add(code, .warning, place, message, hint)
  }

  /// An error in a file that may hold secrets: with its place, without the line.
  func errorWithoutExcerpt(_ code: Code, _ range: SourceRange, _ message: String, hint: String? = nil, notes: [Diagnostic.Note] = []) {
    hasErrors = true
    append(Diagnostic(code: code.rawValue, severity: .error, range: range, message: message, hint: hint, notes: notes))
  }

  /// Warns once for each name.
  func unsetVariable(_ name: String, _ place: Place?) {
    guard unset.insert(name).inserted else { return }
    warning(
      .unsetVariable, place, "the variable \(name) is not set; it is taken as empty",
      hint: "set it, or give it a default: ${\(name):-value}")
  }

  /// Remembers where a variable is used.
  func used(_ name: String, _ outcome: Template.Outcome, _ place: Place) {
    guard uses.count < Self.maximumUses else { return }
    uses.append(
      VariableUse(
        name: name, outcome: outcome, range: place.range,
        definition: place.origin.environment.all[name].map { Variable.Definition(value: $0.value, source: $0.source) }))
  }

  /// Counts what variables have become; false, with one error, when all of it is too much.
  func spend(bytes: Int, _ place: Place) -> Bool {
    let wasOpen = interpolatedBytes <= Self.maximumInterpolated
    interpolatedBytes += bytes
    guard interpolatedBytes > Self.maximumInterpolated else { return true }
    if wasOpen {
      error(.limit, place, "the values grow beyond \(Self.maximumInterpolated >> 20) MiB together when their variables are replaced")
    }
    return false
  }

  /// Something that is right and cannot be done quite so. It stops no loading: whoever runs the stack decides.
  ///
  /// - Parameter severity: Error where going on would weaken isolation, lose data or change who is reached; a warning for hints.
  func finding(
    _ finding: Finding, _ severity: Diagnostic.Severity, _ place: Place?, _ message: String, hint: String? = nil, code: Code? = nil
  ) {
    if isHushed(place) { return }
    add(code ?? (severity == .error ? .unsupported : .withoutEffect), severity, place, message, hint, finding)
  }

  /// Whether this is the first call with these words: for what is told once for the whole stack.
  func isFirst(_ words: String) -> Bool { told.insert(words).inserted }

  private func add(
    _ code: Code, _ severity: Diagnostic.Severity, _ place: Place?, _ message: String, _ hint: String?, _ finding: Finding? = nil
  ) {
    // Before the line is looked for.
    guard isOpen(severity) else { return }
    append(
      Diagnostic(
        code: code.rawValue, severity: severity, range: place?.range, message: message, hint: hint, excerpt: place.flatMap(excerpt),
        notes: place?.trail?.notes ?? [], finding: finding))
  }

  /// Whether more of this kind is told. Counted apart, so that no flood of warnings hides the errors.
  func isOpen(_ severity: Diagnostic.Severity) -> Bool { counts[severity, default: 0] < Self.limit }

  private func excerpt(_ place: Place) -> String? {
    let key = ObjectIdentifier(place.origin)
    let index = lines[key] ?? LineIndex(place.origin)
    lines[key] = index
    return index.text(place.start.line)
  }

  private func append(_ diagnostic: Diagnostic) {
    guard isOpen(diagnostic.severity), seen.insert(diagnostic).inserted else { return }
    counts[diagnostic.severity, default: 0] += 1
    diagnostics.append(diagnostic)
  }
}
