/// The instructions of a Dockerfile (Dockerfile reference).
public enum Keyword: String, Sendable, CaseIterable {
  case add = "ADD"
  case arg = "ARG"
  case cmd = "CMD"
  case copy = "COPY"
  case entrypoint = "ENTRYPOINT"
  case env = "ENV"
  case expose = "EXPOSE"
  case from = "FROM"
  case healthcheck = "HEALTHCHECK"
  case label = "LABEL"
  case maintainer = "MAINTAINER"
  case onBuild = "ONBUILD"
  case run = "RUN"
  case shell = "SHELL"
  case stopSignal = "STOPSIGNAL"
  case user = "USER"
  case volume = "VOLUME"
  case workdir = "WORKDIR"

  /// The instruction that a misspelt word most likely means; nil when none is near.
  static func nearest(to word: String) -> Keyword? {
    let upper = Array(word.uppercased().prefix(20))
    let ranked = allCases.map { (keyword: $0, distance: editDistance(upper, Array($0.rawValue))) }
    guard let best = ranked.min(by: { $0.distance < $1.distance }), best.distance <= max(1, upper.count / 3) else { return nil }
    return best.keyword
  }

  /// The flags that this builder carries out for the instruction.
  var flags: [String] {
    switch self {
    case .from: ["platform"]
    case .copy: ["chown", "chmod", "from", "link", "parents", "exclude"]
    case .add: ["chown", "chmod", "link", "exclude", "checksum", "keep-git-dir"]
    case .run: ["network", "mount"]
    case .healthcheck: ["interval", "timeout", "start-period", "start-interval", "retries"]
    default: []
    }
  }

  /// Those of all flags that may stand without a value, which means true.
  static let switches: Set<String> = ["link", "parents", "keep-git-dir"]

  /// Those of all flags that may be written more than once.
  static let repeatable: Set<String> = ["mount", "exclude"]

  /// Levenshtein's distance.
  private static func editDistance(_ left: [Character], _ right: [Character]) -> Int {
    var previous = Array(0...right.count)
    for (i, a) in left.enumerated() {
      var current = [i + 1]
      for (j, b) in right.enumerated() {
        current.append(min(previous[j + 1] + 1, current[j] + 1, previous[j] + (a == b ? 0 : 1)))
      }
      previous = current
    }
    return previous.last ?? 0
  }
}
