import ArgumentParser
import Backend
import EngineClient
import StackModel
import Terminal

/// `muster job history`.
struct JobHistory: StackCommand {
  static let configuration = CommandConfiguration(
    commandName: "history", abstract: "List the runs of a job, the newest first, and those that were skipped or missed.",
    discussion: "Example: muster job history --format json backup", aliases: ["runs"])
  @Option(help: "table, json, or a template: {{.Number}}") var format = "table"
  @Flag(name: .shortAndLong, help: "Only the runs' numbers.") var quiet = false
  @Argument(help: "The job's name.") var job: String

  func perform(_ context: Context) async throws -> Int32 {
    let format = try rowFormat(format)
    let project = try context.project()
    let runs = try await context.engine().jobRuns(project, JobName(job))
    if quiet {
      for run in runs { context.output.write("\(run.number)\n") }
    } else {
      try context.write(runs.map(JobRunJSON.init), as: format) { Table.jobRuns(runs, now: now()) }
    }
    return 0
  }
}

/// A line of `job history --format json`. Times are RFC 3339, empty where there is none.
private struct JobRunJSON: Encodable {
  var Number: Int
  var Trigger: String
  var State: String
  var ScheduledAt: String
  var CreatedAt: String
  var StartedAt: String
  var FinishedAt: String
  /// null: nothing ran, or it has not ended.
  var ExitCode: Int32?
  var OOMKilled: Bool
  var Reason: String
  var Container: String
  var Count: Int

  init(_ run: JobRun) {
    Number = run.number
    Trigger = run.trigger.rawValue
    State = run.state.rawValue
    ScheduledAt = run.scheduledAt.map(Timestamp.text) ?? ""
    CreatedAt = Timestamp.text(run.createdAt)
    StartedAt = run.startedAt.map(Timestamp.text) ?? ""
    FinishedAt = run.finishedAt.map(Timestamp.text) ?? ""
    ExitCode = run.exitCode
    OOMKilled = run.wasOutOfMemory
    Reason = run.reason ?? ""
    Container = run.isRun ? run.containerName : ""
    Count = run.count
  }
}
