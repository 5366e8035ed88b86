public import Backend
import Diagnostics
import StackModel

/// How events are written, a line each.
public enum EventFormat: Sendable {
  /// `2026-01-02T03:04:05.678901234Z container start ID (image=nginx, name=shop-web-1)`, as Docker and Compose.
  case text
  /// Docker's JSON.
  case json
  /// Compose's JSON.
  case compose
  case template(GoTemplate)

  /// The value of `--format`; empty: text.
  public init(_ text: String) throws(GoTemplateError) {
    switch text {
    case "": self = .text
    case "json", "{{json .}}": self = .json
    default: self = .template(try GoTemplate(text))
    }
  }

  /// Without the end of the line.
  public func line(_ message: EventMessage) throws -> String {
    switch self {
    case .text:
      let list = message.attributes.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }.joined(separator: ", ")
      return visible("\(Timestamp.text(message.at)) \(message.type) \(message.action) \(message.id) (\(list))")
    case .json: return try TemplateValue(encoding: EventObject(message)).json
    case .compose: return try TemplateValue(encoding: ComposeEvent(message)).json
    case .template(let template): return try template.render(try TemplateValue(encoding: EventRow(message)))
    }
  }
}
