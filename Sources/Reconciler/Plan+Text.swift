import OCI
import StackModel

extension Plan: CustomStringConvertible {
  /// One line a step, in order, then the notes.
  public var description: String {
    (steps.map(\.description) + notes.map { "note: \($0)" }).joined(separator: "\n")
  }
}

extension Step: CustomStringConvertible {
  /// `3 + create container shop-web-1 (absent) after 0 1`.
  public var description: String {
    let why = reasons.isEmpty ? "" : " (" + reasons.map(\.description).joined(separator: "; ") + ")"
    let needs = after.isEmpty ? "" : " after " + after.sorted().map(String.init).joined(separator: " ")
    let judged = afterEnd.map { " whatever becomes of " + $0.sorted().map(String.init).joined(separator: " ") } ?? ""
    return "\(id) \(action.symbol) \(action.sentence)\(why)\(needs)\(judged)"
  }
}

extension Reason: CustomStringConvertible {
  /// In a few words: `environment.LOG_LEVEL: info → debug`.
  public var description: String {
    switch self {
    case .absent: "absent"
    case .stopped(let code): code.map { "exited (\($0))" } ?? "not running"
    case .undeclared: "not in the stack file any more"
    case .scaled(let from, let to): "scaled from \(from) to \(to)"
    case .changed(let changes): changes.map(\.description).joined(separator: ", ")
    case .imageMoved(let from, let to): "image: \(from.short) → \(to.short)"
    case .lost: "its files are gone"
    case .contextChanged: "its Dockerfile, its context or its build arguments changed"
    case .imageBuilt: "its image may change"
    case .dependency(let service): "it needs \(service), which changes"
    case .neededBy(let service): "\(service) waits for it"
    case .requested(let by): by
    }
  }
}

extension FieldChange: CustomStringConvertible {
  /// `environment.LOG_LEVEL: info → debug`.
  public var description: String {
    switch (old, new) {
    case (.hidden, .hidden): "\(path): changed"
    case (let old?, let new?): "\(path): \(old) → \(new)"
    case (nil, let new?): "\(path): added \(new)"
    case (let old?, nil): "\(path): removed \(old)"
    case (nil, nil): path
    }
  }
}

extension Shown: CustomStringConvertible {
  /// The text, or `(sensitive)`.
  public var description: String {
    switch self {
    case .text(let text): text
    case .hidden: "(sensitive)"
    }
  }
}
