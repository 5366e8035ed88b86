/// `labels`, `labels-regex`, `env` and `env-regex`: what of a container is written beside its lines.
public struct LogSelection: Sendable {
  private let options: [String: String]

  public init(_ logging: Logging) { options = logging.options ?? [:] }

  /// Whether a text can be looked for.
  static func isExpression(_ text: String) -> Bool { expression(text) != nil }

  /// nil: it is none, or is so nested that reading it would end the program: `Regex` has a bound for its groups, none for classes in classes.
  private static func expression(_ text: String) -> Regex<AnyRegexOutput>? {
    guard text.utf8.count(where: { $0 == UInt8(ascii: "[") }) <= 100 else { return nil }
    return try? Regex(text)
  }

  /// The chosen labels and variables; a variable wins over a label of its name, as in Docker.
  public func attributes(labels: [String: String], environment: [String: String]) -> [String: String] {
    pick(labels, "labels", "labels-regex").merging(pick(environment, "env", "env-regex")) { $1 }
  }

  private func pick(_ all: [String: String], _ names: String, _ expression: String) -> [String: String] {
    let named = Set((options[names] ?? "").split(separator: ",").map(String.init))
    let matching = options[expression].flatMap { $0.isEmpty ? nil : Self.expression($0) }
    return all.filter { name, _ in named.contains(name) || matching.map { name.contains($0) } ?? false }
  }
}
