import ArgumentParser
import Backend
import EngineClient
import OCI
import StackModel
import Terminal

/// `muster history`.
struct HistoryCommand: StackCommand {
  static let canBeTried = true
  static let configuration = CommandConfiguration(
    commandName: "history", abstract: "List what a stack has been: when, by whom, what was changed.")
  @Option(help: "table, json, or a template: {{.Number}}") var format = "table"
  @Flag(help: "Show every change.") var noTrunc = false
  @Argument(help: "The stack's name; none: that of the stack file.") var stack: String?

  func perform(_ context: Context) async throws -> Int32 {
    let format = try rowFormat(format)
    let project = try stack.map { ProjectName($0) } ?? context.project()
    let revisions = try await context.engine().history(project)
    try context.write(revisions.map(RevisionJSON.init), as: format) {
      Table.revisions(revisions, now: now(), accounts: accountNames(), isTruncated: !noTrunc)
    }
    return 0
  }
}

/// A line of `history --format json`.
private struct RevisionJSON: Encodable {
  var Number: Int
  var Time: String
  var UID: UInt32?
  var Operation: String
  var Outcome: String
  var IsCurrent: Bool
  var Changes: [String]
  var Images: [String: String]

  init(_ revision: Revision) {
    Number = revision.number
    Time = Timestamp.text(revision.at)
    UID = revision.caller?.uid
    Operation = revision.operation
    Outcome = revision.outcome.rawValue
    IsCurrent = revision.isCurrent
    Changes = revision.changes
    Images = Dictionary(uniqueKeysWithValues: revision.images.map { ($0.key.rawValue, $0.value.description) })
  }
}
