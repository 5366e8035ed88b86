import ArgumentParser
import Backend
import EngineClient
import StackModel
import Terminal

/// `muster job ls`.
struct JobLs: StackCommand {
  static let configuration = CommandConfiguration(
    commandName: "ls", abstract: "List jobs: when each is due next, and what became of its last run.",
    discussion: "Example: muster job ls --format '{{.Name}} {{.NextRun}}'", aliases: ["list"])
  @Flag(name: .shortAndLong, help: "Of all projects.") var all = false
  @Flag(name: .shortAndLong, help: "Only names.") var quiet = false
  @Option(help: "table, json, or a template: {{.Name}}") var format = "table"

  func perform(_ context: Context) async throws -> Int32 {
    let format = try rowFormat(format)
    let jobs = try await context.engine().jobs(all ? nil : try context.project())
    if quiet {
      for job in jobs { context.output.write((all ? "\(job.project)/" : "") + "\(job.name)\n") }
    } else {
      try context.write(jobs.map(JobJSON.init), as: format) { Table.jobs(jobs, now: now(), hasProjects: all) }
    }
    return 0
  }
}

/// A line of `job ls --format json`. Times are RFC 3339, empty where there is none.
private struct JobJSON: Encodable {
  var Project: String
  var Name: String
  var Image: String
  var Schedule: String
  var TimeZone: String
  var Manual: Bool
  var State: String
  var NextRun: String
  var LastRun: String
  var LastState: String
  /// null: no run has ended.
  var ExitCode: Int32?

  init(_ job: JobSummary) {
    Project = job.project.rawValue
    Name = job.name.rawValue
    Image = job.image
    Schedule = job.scheduleText
    TimeZone = job.zoneText
    Manual = job.triggers.isManual
    State = job.running.isEmpty ? "idle" : "running"
    NextRun = job.nextAt.map(Timestamp.text) ?? ""
    LastRun = job.lastRun.map { Timestamp.text($0.startedAt ?? $0.createdAt) } ?? ""
    LastState = job.lastRun?.state.rawValue ?? ""
    ExitCode = job.lastRun?.exitCode
  }
}
