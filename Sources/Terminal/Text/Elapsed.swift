/// A length of time in Docker's words (go-units, `HumanDuration`): `About a minute`, `3 hours`. In nanoseconds; negative counts as none.
public func humanDuration(_ nanoseconds: Int64) -> String {
  let seconds = max(0, nanoseconds) / 1_000_000_000
  let minutes = seconds / 60
  let hours = (seconds + 1800) / 3600
  return switch seconds {
  case 0: "Less than a second"
  case 1: "1 second"
  case ..<60: "\(seconds) seconds"
  default:
    switch (minutes, hours) {
    case (1, _): "About a minute"
    case (..<60, _): "\(minutes) minutes"
    case (_, 1): "About an hour"
    case (_, ..<48): "\(hours) hours"
    case (_, ..<336): "\(hours / 24) days"
    case (_, ..<1440): "\(hours / 24 / 7) weeks"
    case (_, ..<17520): "\(hours / 24 / 30) months"
    default: "\(seconds / 3600 / 24 / 365) years"
    }
  }
}

/// `3 minutes ago`; both in nanoseconds since 1970. An image says any time of itself: `292 years ago` is the most.
public func humanAge(of time: Int64, now: Int64) -> String {
  let (age, isOver) = now.subtractingReportingOverflow(time)
  return humanDuration(isOver ? time < now ? .max : 0 : age) + " ago"
}

/// Seconds with one decimal, as progress shows them: `5.3s`.
func tenths(_ nanoseconds: Int64) -> String {
  let tenths = max(0, nanoseconds) / 100_000_000
  return "\(tenths / 10).\(tenths % 10)s"
}
