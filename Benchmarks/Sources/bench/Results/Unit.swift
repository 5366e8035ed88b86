import Foundation

/// What a number counts.
enum Unit: String, Codable {
  case seconds, bytes, count
  case perSecond = "per second"
  case bytesPerSecond = "bytes per second"
  /// A quotient of two others.
  case times

  var isBetterWhenHigher: Bool { self == .perSecond || self == .bytesPerSecond }

  func text(_ value: Double) -> String {
    switch self {
    case .seconds: value < 1 ? String(format: "%.1f ms", value * 1000) : String(format: "%.2f s", value)
    case .bytes: String(format: "%.1f MiB", value / 1_048_576)
    case .perSecond: String(format: "%.0f/s", value)
    case .bytesPerSecond: String(format: "%.0f MiB/s", value / 1_048_576)
    case .count: String(format: "%.0f", value)
    case .times: String(format: "%.2f×", value)
    }
  }
}
