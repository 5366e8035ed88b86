import Diagnostics

/// One run of the linter: what the rules look at, and what they found so far.
final class Lint {
  let loaded: LoadedStack
  let files: WrittenFiles
  let reader: any FileReader
  /// All services, also those of inactive profiles.
  let services: [LintedService]
  private(set) var diagnostics: [Diagnostic] = []
  private(set) var masks = Masks()
  /// The services to tell about; none: all.
  private let wanted: Set<String>
  private var told: Set<Told> = []
  private var counts: [LintRule: Int] = [:]

  /// A file that breaks a rule everywhere is not told about endlessly.
  private static let limit = 200

  private struct Told: Hashable {
    var rule: LintRule
    var file: String
    var start: SourceRange.Position
  }

  init(_ loaded: LoadedStack, _ files: WrittenFiles, reader: any FileReader, services wanted: Set<String>) {
    self.loaded = loaded
    self.files = files
    self.reader = reader
    self.wanted = wanted
    services = loaded.merged["services"]?.mapping?.entries.compactMap { LintedService($0) } ?? []
  }

  var model: Node { loaded.merged }

  /// Tells once for each place, however many services share it through an anchor or `extends`.
  ///
  /// - Parameter range: A part of the place to mark instead of the whole.
  func tell(
    _ rule: LintRule, _ place: Place, _ service: LintedService? = nil, _ message: String, hint: String? = nil,
    severity: Diagnostic.Severity? = nil, range: SourceRange? = nil, fix: Fix? = nil
  ) {
    if let service, !wanted.isEmpty, !wanted.contains(service.name) { return }
    guard told.insert(Told(rule: rule, file: place.origin.file, start: range?.start ?? place.start)).inserted else { return }
    let source = files.source(place)
    guard source?.isSilenced(rule.rawValue, at: (range ?? place.range).start.line) != true else { return }
    counts[rule, default: 0] += 1
    guard counts[rule, default: 0] <= Self.limit else { return }
    diagnostics.append(
      Diagnostic(
        code: rule.rawValue, severity: severity ?? rule.row.severity, range: range ?? place.range, message: message, hint: hint,
        excerpt: source?.excerpt((range ?? place.range).start.line), notes: place.trail?.notes ?? [], fix: fix))
  }

  /// Says of what was found too often how often.
  func tellRest() {
    for (rule, count) in counts.sorted(by: { $0.key.rawValue < $1.key.rawValue }) where count > Self.limit {
      diagnostics.append(
        Diagnostic(
          code: rule.rawValue, severity: .note, range: nil,
          message: "\(rule.row.name) is found in \(count - Self.limit) more places, which are not listed"))
    }
  }

  /// This stretch of a line is not to be shown, whoever shows the line.
  func mask(_ range: SourceRange) { masks.add(range) }
}

/// A service as the linter sees it.
struct LintedService {
  let name: String
  let entry: Mapping.Entry
  /// nil: it has none, or not one with this name.
  let image: ImageName?

  init?(_ entry: Mapping.Entry) {
    guard entry.value.mapping != nil else { return nil }
    name = entry.key
    self.entry = entry
    image = entry.value["image"]?.text.flatMap { ImageName($0) }
  }

  var node: Node { entry.value }
  subscript(key: String) -> Node? { node[key].flatMap { $0.isNull ? nil : $0 } }
  var isBuilt: Bool { self["build"] != nil }
  /// What is known about the image it runs, unless it is built here under that name.
  var known: KnownImage? { isBuilt ? nil : image.flatMap { KnownImage.of($0) } }
  var subject: String { "service \"\(name)\"" }
}
