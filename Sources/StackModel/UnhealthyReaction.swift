/// `x-muster.on_unhealthy`: what happens to a running container whose check of health says that it is unhealthy.
public enum UnhealthyReaction: Sendable, Codable, Equatable {
  /// Nothing, as in Docker: it is said, and gets no connections that others can take.
  case none
  /// It is stopped and started again. `maximum`: so often in a row without having been healthy; nil: as often as it takes.
  case restart(maximum: Int?)

  /// `none`, `restart`, `restart:5`; nil: none of these.
  public init?(_ text: String) {
    switch text {
    case "none": self = .none
    case "restart": self = .restart(maximum: nil)
    default:
      let parts = text.split(separator: ":", omittingEmptySubsequences: false)
      guard parts.count == 2, parts[0] == "restart", let maximum = Int(parts[1]), maximum > 0 else { return nil }
      self = .restart(maximum: maximum)
    }
  }

  /// As it is written in a stack file.
  public var text: String {
    switch self {
    case .none: "none"
    case .restart(nil): "restart"
    case .restart(let maximum?): "restart:\(maximum)"
    }
  }
}
