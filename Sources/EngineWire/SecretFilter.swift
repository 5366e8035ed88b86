public import Backend

/// Docker's filters of a list of secrets: `id` and `name` by their beginning, `label` as `KEY` or `KEY=VALUE`. One value of each kind must fit, of
/// labels all.
public struct SecretFilter: Sendable, Equatable {
  public static let keys = ["id", "label", "name"]
  public var values: [String: [String]] = [:]

  /// From Docker's query: `{"name": ["db"]}`, or its older form `{"name": {"db": true}}`. Throws for a key that is none.
  public init(_ values: [String: [String]]) throws(EngineError) {
    for key in values.keys.sorted() where !Self.keys.contains(key) {
      throw EngineError(.invalid, "\"\(key)\" is not a filter of secrets", hint: "there are " + Self.keys.joined(separator: ", "))
    }
    self.values = values
  }

  /// From a command line: `name=db`, `label=team=shop`.
  public init(arguments: [String]) throws(EngineError) {
    var values: [String: [String]] = [:]
    for argument in arguments {
      let parts = argument.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
      guard parts.count == 2 else {
        throw EngineError(.invalid, "the filter \"\(argument)\" has no value", hint: "write it as name=db")
      }
      values[parts[0], default: []].append(parts[1])
    }
    try self.init(values)
  }

  public func matches(_ secret: SecretSummary) -> Bool {
    func fits(_ key: String, _ isRight: (String) -> Bool) -> Bool { values[key].map { $0.isEmpty || $0.contains(where: isRight) } ?? true }
    return fits("id") { secret.id.hasPrefix($0) } && fits("name") { secret.name.hasPrefix($0) }
      && (values["label"] ?? []).allSatisfy(secret.labels.has(label:))
  }
}
