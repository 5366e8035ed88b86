import StackModel

/// Docker's filters of networks. One value of each kind must fit, of labels all.
public struct NetworkFilter: Sendable, Codable, Equatable {
  public static let listKeys = ["dangling", "driver", "id", "label", "name", "scope", "type"]
  public static let pruneKeys = ["label", "label!", "until"]
  public var values: [String: [String]] = [:]

  /// Throws for a key that is none of those.
  public init(_ values: [String: [String]] = [:], keys: [String] = listKeys) throws(EngineError) {
    for key in values.keys.sorted() where !keys.contains(key) {
      throw EngineError(.invalid, "\"\(key)\" is not a filter of networks here", hint: "there are " + keys.joined(separator: ", "))
    }
    for (key, allowed) in [("dangling", ["true", "1", "false", "0"]), ("type", ["custom", "builtin"])] {
      for value in values[key] ?? [] where !allowed.contains(value) {
        throw EngineError(.invalid, "the filter \(key) is \(allowed.joined(separator: " or ")), not \"\(value)\"")
      }
    }
    for value in values["until"] ?? [] where Self.moment(value, now: 0) == nil {
      throw EngineError(.invalid, "the filter until is a time (2026-01-02T03:04:05Z) or how long ago (24h), not \"\(value)\"")
    }
    self.values = values
  }

  /// From a command line: `name=shop`, `label=team=shop`.
  public init(arguments: [String], keys: [String] = listKeys) throws(EngineError) {
    var values: [String: [String]] = [:]
    for argument in arguments {
      let parts = argument.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
      guard parts.count == 2 else { throw EngineError(.invalid, "the filter \"\(argument)\" has no value", hint: "write it as name=shop") }
      values[parts[0], default: []].append(parts[1])
    }
    try self.init(values, keys: keys)
  }

  /// - Parameters:
  ///   - isUsed: whether a container has it.
  ///   - now: nanoseconds since 1970.
  public func matches(_ network: NetworkSummary, isUsed: Bool, now: Int64 = 0) -> Bool {
    func fits(_ key: String, _ isRight: (String) -> Bool) -> Bool { values[key].map { $0.isEmpty || $0.contains(where: isRight) } ?? true }
    return fits("id") { network.id.hasPrefix($0) } && fits("name") { network.name.contains($0) } && fits("driver") { network.driver == $0 }
      && fits("scope") { network.scope == $0 } && fits("type") { $0 == "custom" }
      && fits("dangling") { ["true", "1"].contains($0) != isUsed }
      && (values["label"] ?? []).allSatisfy(network.labels.has(label:))
      && !(values["label!"] ?? []).contains(where: network.labels.has(label:))
      && (values["until"] ?? []).allSatisfy { text in
        guard let limit = Self.moment(text, now: now), let created = Timestamp.nanoseconds(network.created) else { return false }
        return created < limit
      }
  }

  /// A time, or one so long ago.
  private static func moment(_ text: String, now: Int64) -> Int64? {
    if let moment = Timestamp.nanoseconds(text) { return moment }
    let units: [(String, Int64)] = [("ms", 1_000_000), ("h", 3_600_000_000_000), ("m", 60_000_000_000), ("s", 1_000_000_000)]
    for (unit, length) in units where text.hasSuffix(unit) {
      guard let number = Int64(text.dropLast(unit.count)), number >= 0 else { return nil }
      let (ago, isOver) = number.multipliedReportingOverflow(by: length)
      return isOver ? nil : now &- ago
    }
    return Int64(text).flatMap { $0.multipliedReportingOverflow(by: 1_000_000_000).overflow ? nil : $0 * 1_000_000_000 }
  }
}
