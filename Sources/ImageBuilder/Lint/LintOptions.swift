/// `# check=skip=RULE,RULE;error=true`, or the build argument `BUILDKIT_DOCKERFILE_CHECK`.
public struct LintOptions: Sendable, Equatable {
  static let argument = "BUILDKIT_DOCKERFILE_CHECK"

  /// Rules that are left out; `all` is one of them when there are to be none.
  var skipped: Set<String> = []
  /// A build ends when something is found.
  var isError = false

  init() {}

  /// Throws what is wrong with it.
  init(_ text: String) throws(Failure) {
    for part in text.split(separator: ";") {
      let sides = part.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(Self.trimmed)
      guard sides.count == 2 else { throw Failure(message: "'\(Self.trimmed(part))' is no check option") }
      switch sides[0] {
      case "skip": skipped = Set(sides[1].split(separator: ",").map(Self.trimmed))
      case "error":
        guard let value = ["1", "t", "T", "true", "TRUE", "True"].contains(sides[1]) ? true : Self.falses.contains(sides[1]) ? false : nil
        else { throw Failure(message: "the check option error is true or false, not '\(sides[1])'") }
        isError = value
      // None of the rules here is an experiment.
      case "experimental": break
      default: throw Failure(message: "there is no check option '\(sides[0])'; there are skip, error and experimental")
      }
    }
  }

  /// Why they cannot be read.
  struct Failure: Error { var message: String }

  func skips(_ rule: LintRule) -> Bool { skipped.contains("all") || skipped.contains(rule.rawValue) }

  private static let falses = ["0", "f", "F", "false", "FALSE", "False"]

  private static func trimmed(_ text: Substring) -> String {
    String(decoding: Array(text.utf8)[(0..<text.utf8.count).trimmed(in: Array(text.utf8))], as: UTF8.self)
  }
}
