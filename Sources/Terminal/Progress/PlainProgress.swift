import Backend
import Diagnostics

/// One line an event, as `docker compose --progress plain`: ` Container shop-db-1  Starting`.
struct PlainProgress: ProgressDrawing {
  /// Build output is made harmless.
  var isTerminal: Bool
  /// Layers whose way has been told, with the last word of it: how far they are is not told again and again.
  private var layers: [String: String] = [:]

  init(isTerminal: Bool) { self.isTerminal = isTerminal }

  mutating func show(_ event: Event, now: Int64) -> String {
    switch event.kind {
    case .progress(let progress):
      if progress.parent != nil {
        guard layers.updateValue(progress.status, forKey: progress.subject) != progress.status else { return "" }
      }
      let detail = progress.detail.map { "  \(visible($0))" } ?? ""
      return " \(visible(progress.subject))  \(visible(progress.status))\(detail)\n"
    case .output(let subject, let line):
      let line = line.last == "\n" ? String(line.dropLast()) : line
      return " \(visible(subject))  | \(isTerminal ? harmless(line) : line)\n"
    case .warning(let text): return "warning: \(visible(text))\n"
    case .container, .job, .thing, .unchanged: return ""
    }
  }
}
