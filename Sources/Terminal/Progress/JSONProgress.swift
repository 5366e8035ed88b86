import Backend
import FoundationEssentials

/// `--progress json`: one object a line with the keys of Compose's: `id`, `status` (`Working`, `Done`, `Warning`, `Error`), `text`, `details`.
struct JSONProgress: ProgressDrawing {
  private struct Message: Encodable {
    var id: String?
    var status: String
    var text: String
    var details: String?
    var parentID: String?
    var current: Int64?
    var total: Int64?
    var percent: Int?
    enum CodingKeys: String, CodingKey {
      case id, status, text, details, current, total, percent
      case parentID = "parent_id"
    }
  }

  mutating func show(_ event: Event, now: Int64) -> String {
    switch event.kind {
    case .progress(let progress):
      line(
        Message(
          id: progress.subject, status: status(progress.phase), text: progress.status, details: progress.detail,
          parentID: progress.parent, current: progress.bytes, total: progress.total, percent: percent(progress)))
    case .output(let subject, let text): line(Message(id: subject, status: "Working", text: text))
    case .warning(let text): line(Message(status: "Warning", text: text))
    case .container, .job, .thing, .unchanged: ""
    }
  }

  private func percent(_ progress: Event.Progress) -> Int? {
    guard let bytes = progress.bytes, let total = progress.total, total > 0 else { return nil }
    return Int(min(bytes, total) * 100 / total)
  }

  private func status(_ phase: Event.Progress.Phase) -> String {
    switch phase {
    case .working: "Working"
    case .done: "Done"
    case .skipped: "Warning"
    case .failed: "Error"
    }
  }

  private func line(_ message: Message) -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    guard let data = try? encoder.encode(message) else { return "" }
    return String(decoding: data, as: UTF8.self) + "\n"
  }
}
