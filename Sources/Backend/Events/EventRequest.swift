public import StackModel

/// Which events to tell.
public struct EventRequest: Sendable, Equatable {
  public static let keys = ["container", "event", "image", "label", "network", "project", "service", "type", "volume"]
  /// Only of this project; nil: of all.
  public var project: ProjectName?
  /// Nanoseconds since 1970: what has happened from then on and is still known comes first. nil: only what happens from now on.
  public var since: Int64?
  /// Nothing after that moment; when it has come, that is all.
  public var until: Int64?
  /// By their keys; one value of each must fit, of labels all.
  public private(set) var filters: [String: [String]] = [:]

  public init(project: ProjectName? = nil, since: Int64? = nil, until: Int64? = nil) {
    self.project = project
    self.since = since
    self.until = until
  }

  /// Adds filters. Throws for a key that is none.
  public mutating func filter(by values: [String: [String]]) throws(EngineError) {
    for key in values.keys.sorted() where !Self.keys.contains(key) {
      throw EngineError(.invalid, "\"\(key)\" is not a filter of events", hint: "there are " + Self.keys.joined(separator: ", "))
    }
    filters.merge(values) { $0 + $1 }
  }

  /// Adds filters of a command line: `event=die`, `label=team=shop`.
  public mutating func filter(by arguments: [String]) throws(EngineError) {
    for argument in arguments {
      let parts = argument.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
      guard parts.count == 2, !parts[1].isEmpty else {
        throw EngineError(.invalid, "the filter \"\(argument)\" has no value", hint: "write it as event=die")
      }
      try filter(by: [parts[0]: [parts[1]]])
    }
  }

  /// Whether it is told, by project, time and filters. Without filters everything is, progress included.
  public func matches(_ event: Event) -> Bool {
    if let project, event.project != project { return false }
    if let since, event.at < since { return false }
    if let until, event.at > until { return false }
    return filters.isEmpty ? true : event.message.map(matches) ?? false
  }

  private func matches(_ message: EventMessage) -> Bool {
    func fits(_ key: String, _ isRight: (String) -> Bool) -> Bool { filters[key].map { $0.isEmpty || $0.contains(where: isRight) } ?? true }
    func isNamed(_ type: String) -> Bool {
      fits(type) { message.type == type && (message.id.hasPrefix($0) || message.name.hasPrefix($0)) }
    }
    return fits("type") { message.type == $0 } && fits("event") { message.action == $0 || message.word == $0 }
      && isNamed("container") && isNamed("network") && isNamed("volume")
      && fits("image") { text in message.images.contains { $0 == text || Self.withoutTag($0) == text } }
      && fits("service") { message.service?.rawValue == $0 } && fits("project") { message.project?.rawValue == $0 }
      && (filters["label"] ?? []).allSatisfy(message.labels.has(label:))
  }

  /// `nginx` of `nginx:1.27`; a port of a registry is no tag.
  private static func withoutTag(_ image: String) -> String {
    let digestless = image.split(separator: "@", maxSplits: 1).first.map(String.init) ?? image
    guard let colon = digestless.lastIndex(of: ":"), !digestless[colon...].contains("/") else { return digestless }
    return String(digestless[..<colon])
  }
}

extension EventMessage {
  /// `health_status` of `health_status: healthy`.
  fileprivate var word: String { action.split(separator: ":", maxSplits: 1).first.map(String.init) ?? action }

  /// What the image is called that it is about, or that the container is of.
  fileprivate var images: [String] {
    guard type == "image" else { return [image].compactMap { $0 } }
    let digits = id.hasPrefix("sha256:") ? String(id.dropFirst(7)) : id
    return [name, id, digits, String(digits.prefix(12))]
  }
}

extension EventRequest {
  /// A moment of a query, as Docker's API has it: seconds since 1970, with nanoseconds behind a point. nil: none.
  public static func moment(_ text: String) -> Int64? {
    let parts = text.split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false)
    guard let whole = parts.first, let seconds = Int64(whole), (0...9_000_000_000).contains(seconds) else { return nil }
    guard parts.count == 2 else { return seconds * 1_000_000_000 }
    guard (1...9).contains(parts[1].count), parts[1].utf8.allSatisfy({ (48...57).contains($0) }),
      let fraction = Int64(parts[1] + String(repeating: "0", count: 9 - parts[1].count))
    else { return nil }
    return seconds * 1_000_000_000 + fraction
  }

  /// The same as a text.
  public static func text(_ moment: Int64) -> String {
    let digits = String(moment % 1_000_000_000)
    return "\(moment / 1_000_000_000).\(String(repeating: "0", count: max(0, 9 - digits.count)))\(digits)"
  }
}
