import Foundation

/// What a measurement is held to.
enum Goal {
  /// So many times better than Docker.
  case ratio(Double)
  /// Muster's own number.
  case atMost(Double)
  case atLeast(Double)

  /// By the row's name.
  static let all: [String: [Goal]] = [
    "up -d, 50 services": [.ratio(25)],
    "up -d of 50, beside the kernel's part": [.atMost(2.5)],
    "up -d again, 50 services": [.ratio(5), .atMost(0.010)],
    "down, 50 services": [.ratio(20)],
    "memory of the engine, 50 containers": [.ratio(5)],
    "memory beside each of 50 containers": [.ratio(5)],
    "memory of the engine, 200 containers": [.ratio(5)],
    "memory beside each of 200 containers": [.ratio(5)],
    "up -d a service, 200 services beside 50": [.atMost(1.2)],
    "up -d a service, 500 services beside 50": [.atMost(1.2)],
    "exec true": [.ratio(10)],
    "run --rm true, bridge": [.ratio(20), .atMost(0.014)],
    "pull of 180 MB": [.ratio(2)],
    "build of 20 steps, all cached": [.atMost(0.2)],
    "logs of 1000 MB": [.ratio(2)],
    "names answered, 4 containers asking": [.atLeast(20_000)],
    "names not answered": [.atMost(0)],
    "config -q, 1,000 services": [.atMost(0.1)],
  ]

  func text(_ unit: Unit) -> String {
    switch self {
    case .ratio(let times): String(format: "≥ %g×", times)
    case .atMost(let value): "≤ " + unit.text(value)
    case .atLeast(let value): "≥ " + unit.text(value)
    }
  }

  /// nil: it was not measured.
  func isReached(own: Double?, ratio: Double?) -> Bool? {
    switch self {
    case .ratio(let times): ratio.map { $0 >= times }
    case .atMost(let value): own.map { $0 <= value }
    case .atLeast(let value): own.map { $0 >= value }
    }
  }
}
