public import Backend

/// What `search --filter` lets pass, with Docker's keys.
public struct SearchFilter: Sendable, Equatable {
  public static let keys = ["is-automated", "is-official", "stars"]
  /// nil: both.
  public private(set) var isOfficial: Bool?
  /// No registry says so of anything any more; true lets nothing pass.
  public private(set) var isAutomated: Bool?
  /// As many at least.
  public private(set) var stars = 0

  /// From a command line: `is-official=true`, `stars=3`. Of several `stars` the most counts.
  public init(arguments: [String]) throws(EngineError) {
    for argument in arguments {
      let parts = argument.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
      guard parts.count == 2, !parts[1].isEmpty else {
        throw EngineError(.invalid, "the filter \"\(argument)\" has no value", hint: "write it as is-official=true")
      }
      switch parts[0].lowercased() {
      case "is-official": isOfficial = try Self.flag(parts[1], "is-official", before: isOfficial)
      case "is-automated": isAutomated = try Self.flag(parts[1], "is-automated", before: isAutomated)
      case "stars":
        guard let number = Int(parts[1]) else { throw EngineError(.invalid, "stars is a number, not \"\(parts[1])\"") }
        stars = max(stars, number)
      default:
        throw EngineError(.invalid, "\"\(parts[0])\" is not a filter of a search", hint: "there are " + Self.keys.joined(separator: ", "))
      }
    }
  }

  private static func flag(_ text: String, _ key: String, before: Bool?) throws(EngineError) -> Bool {
    let value: Bool
    switch text.lowercased() {
    case "true", "1": value = true
    case "false", "0": value = false
    default: throw EngineError(.invalid, "\(key) is true or false, not \"\(text)\"")
    }
    guard before == nil || before == value else { throw EngineError(.invalid, "\(key) is wanted to be true and false") }
    return value
  }

  /// The results that pass, in their order.
  public func apply(to results: [SearchResult]) -> [SearchResult] {
    results.filter { isAutomated != true && (isOfficial == nil || isOfficial == $0.isOfficial) && $0.stars >= stars }
  }
}
