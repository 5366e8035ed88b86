import StackModel
import Testing

@testable import StackLoader

/// What one entry of a short syntax becomes. The forms are the specification's; what Docker Compose 2.26.1 makes of each was looked up
/// when the table was written.
struct ShortForm<Value: Sendable & Equatable>: Sendable, CustomTestStringConvertible {
  var text: String
  var value: Value?
  /// Refused: the message about it, without the place.
  var problem: String?

  init(_ text: String, _ value: Value) {
    self.text = text
    self.value = value
  }

  init(_ text: String, refused problem: String) {
    self.text = text
    self.problem = problem
  }

  var testDescription: String { text }

  /// Loads `KEY: TEXT` in a service beside others and compares.
  func check(_ key: String, top: String = "", _ value: (Service) -> Value) {
    let found = service("\(key): \(text)", top: "  db: {image: postgres}\n\(top)", environment: ["HOME": "/home/me", "SET": "here"])
    if let problem {
      #expect(found.lines.contains { $0.contains(problem) }, "\(found.lines)")
    } else if let service = found.service {
      #expect(value(service) == self.value, "\(found.lines)")
    } else {
      Issue.record("\(found.lines)")
    }
  }
}
