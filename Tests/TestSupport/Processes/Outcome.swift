/// What a command did: everything that a failed test wants to show.
public struct Outcome: Sendable, CustomStringConvertible {
  public var command: [String]
  /// The exit status, or 128 + the signal that ended it.
  public var status: Int32
  public var output: String
  public var errors: String

  public init(command: [String], status: Int32, output: String, errors: String) {
    self.command = command
    self.status = status
    self.output = output
    self.errors = errors
  }

  /// The output's lines, without empty ones at the end.
  public var lines: [Substring] {
    var lines = output.split(separator: "\n", omittingEmptySubsequences: false)
    while lines.last?.isEmpty == true { lines.removeLast() }
    return lines
  }

  /// Itself, when the command ended with this status.
  @discardableResult
  public func expect(_ wanted: Int32 = 0) throws -> Outcome {
    guard status == wanted else { throw UnexpectedOutcome(outcome: self, wanted: wanted) }
    return self
  }

  public var description: String {
    var text = "$ \(command.joined(separator: " "))\nstatus \(status)"
    if !output.isEmpty { text += "\n--- standard output\n\(output)" }
    if !errors.isEmpty { text += "\n--- standard error\n\(errors)" }
    return text
  }
}

/// A command that ended otherwise than the test needs; prints all of it.
public struct UnexpectedOutcome: Error, CustomStringConvertible {
  public let outcome: Outcome
  public let wanted: Int32
  public var description: String { "wanted status \(wanted)\n\(outcome)" }
}
