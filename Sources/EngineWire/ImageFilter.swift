public import Backend
import OCI
import StackModel

/// Docker's filters of a list of images: `dangling`, `label`, `before`, `since`, `until`, `reference`.
public struct ImageFilter: Sendable, Equatable {
  public static let keys = ["before", "dangling", "label", "reference", "since", "until"]
  public private(set) var values: [String: [String]] = [:]
  /// Nanoseconds since 1970.
  private var until: Int64?

  /// From a command line: `dangling=true`, `label=team=shop`. `time`: the moment that a text means; nil: none.
  public init(arguments: [String], time: (String) -> Int64?) throws(EngineError) {
    for argument in arguments {
      let parts = argument.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
      guard parts.count == 2, !parts[1].isEmpty else {
        throw EngineError(.invalid, "the filter \"\(argument)\" has no value", hint: "write it as dangling=true")
      }
      guard Self.keys.contains(parts[0]) else {
        throw EngineError(.invalid, "\"\(parts[0])\" is not a filter of images", hint: "there are " + Self.keys.joined(separator: ", "))
      }
      if parts[0] == "dangling", !["true", "false", "1", "0"].contains(parts[1].lowercased()) {
        throw EngineError(.invalid, "dangling is true or false, not \"\(parts[1])\"")
      }
      if parts[0] == "until" {
        guard let moment = time(parts[1]) else {
          throw EngineError(.invalid, "until is a time or an age, not \"\(parts[1])\"", hint: "until=24h, or until=2026-01-02T13:23:37Z")
        }
        until = moment
      }
      if parts[0] == "reference", ReferencePattern(parts[1]) == nil {
        throw EngineError(.invalid, "\"\(parts[1])\" is no pattern: a [ is not closed or a \\ stands at the end")
      }
      values[parts[0], default: []].append(parts[1])
    }
  }

  /// The images that pass. Throws when `before` or `since` names none.
  public func apply(to images: [ImageSummary]) throws(EngineError) -> [ImageSummary] {
    let before = try (values["before"] ?? []).map { name throws(EngineError) in try Self.created(name, images) }.min()
    let since = try (values["since"] ?? []).map { name throws(EngineError) in try Self.created(name, images) }.max()
    let patterns = (values["reference"] ?? []).compactMap { ReferencePattern($0) }
    let dangling = values["dangling"]?.last.map { ["true", "1"].contains($0.lowercased()) }
    return images.compactMap { image in
      let created = image.created.flatMap { Timestamp.nanoseconds($0) } ?? 0
      if let before, created >= before { return nil }
      if let since, created <= since { return nil }
      if let until, created >= until { return nil }
      if let dangling, dangling != image.references.isEmpty { return nil }
      guard PruneRequest(labels: values["label"] ?? []).matches(labels: image.labels ?? [:], created: created) else { return nil }
      guard !patterns.isEmpty else { return image }
      var named = image
      named.references = image.references.filter { reference in patterns.contains { $0.matches(reference) } }
      named.digests = image.digests?.filter { reference in patterns.contains { $0.matches(reference) } }
      return named.references.isEmpty && named.digests?.isEmpty ?? true ? nil : named
    }
  }

  private static func created(_ name: String, _ images: [ImageSummary]) throws(EngineError) -> Int64 {
    let familiar = (try? ImageReference(name))?.orLatest.familiar
    let digits = name.hasPrefix("sha256:") ? String(name.dropFirst(7)) : name
    let found =
      images.first { $0.references.contains(familiar ?? name) || $0.digests?.contains(name) == true }
      ?? images.first { digits.utf8.count >= 4 && $0.id.hex.hasPrefix(digits) }
    guard let found else { throw EngineError(.notFound, "No such image: \(name)") }
    return found.created.flatMap { Timestamp.nanoseconds($0) } ?? 0
  }
}
