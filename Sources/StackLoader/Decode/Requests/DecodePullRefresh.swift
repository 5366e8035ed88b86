import StackModel

extension ServiceDecoder {
  /// `pull_policy` and the wish to pull again by time.
  func pullPolicy(_ requests: inout ServiceRequests) -> PullPolicy {
    let after = fields.duration("pull_refresh_after")
    guard let text = fields.text("pull_policy"), !text.isEmpty, let value = node["pull_policy"] else { return .missing }
    switch text {
    case "missing", "if_not_present": return .missing
    case "always": return .always
    case "never": return .never
    case "build":
      if node["build"] == nil {
        report.error(.conflict, fields.place("pull_policy"), "\(subject): pull_policy build without build")
      }
      return .build
    case "refresh": requests.pullRefresh = after.map { .olderThan($0) } ?? .whenStale
    case "daily": requests.pullRefresh = .olderThan(.seconds(86_400))
    case "weekly": requests.pullRefresh = .olderThan(.seconds(7 * 86_400))
    default:
      guard text.hasPrefix("every_") else {
        return fields.unknown(
          "pull_policy", value, among: ["always", "missing", "never", "build", "refresh", "daily", "weekly", "every_12h"]) ?? .missing
      }
      guard let nanoseconds = Values.duration(String(text.dropFirst("every_".count))), nanoseconds > 0 else {
        return fields.invalid("pull_policy", value, "is not a time", hint: "write it as every_12h, every_2d or every_1w") ?? .missing
      }
      requests.pullRefresh = .olderThan(Timespan(nanoseconds: nanoseconds))
    }
    return .missing
  }
}
