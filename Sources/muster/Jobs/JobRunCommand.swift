import ArgumentParser
import Backend
import Diagnostics
import EngineClient
import StackModel
import Terminal

/// `muster job run`.
struct JobRunCommand: StackCommand {
  static let configuration = CommandConfiguration(
    commandName: "run", abstract: "Run a job now, show what it writes, and return its exit code.",
    discussion: """
      Example: muster job run backup

      The job runs as 'up' has registered it, once its depends_on is met, for which it waits a minute. Its schedule goes on unchanged. While a run of it
      goes on there is another only where the job's `concurrency` allows. Ctrl-c leaves the run going on.
      """)
  @Flag(name: .shortAndLong, help: "Leave it running in the background and print its container's name.") var detach = false
  @Argument(help: "The job's name.") var job: String

  func perform(_ context: Context) async throws -> Int32 {
    try await context.run(JobName(job), of: try context.project(), detach: detach)
  }
}

extension Context {
  /// Has a job run, shows what it writes unless `detach`, and returns its exit code; 1 where nothing ran.
  func run(_ name: JobName, of project: ProjectName, detach: Bool) async throws -> Int32 {
    let engine = try await engine()
    let run = try await engine.runJob(JobRunRequest(project: project, job: name))
    if detach {
      output.write(run.containerName + "\n")
      return 0
    }
    if run.state == .waiting, let reason = run.reason { output.error("\(run.containerName) \(visible(reason))") }
    let request = JobLogRequest(project: project, job: name, number: run.number, follows: true)
    try await show(request, of: run.containerName, from: engine)
    guard let ended = try await engine.jobRuns(project, name).first(where: { $0.number == run.number }) else {
      throw Exit(1, "the run is not in the job's history any more")
    }
    if let reason = ended.reason { output.error("\(ended.containerName): \(visible(reason))") }
    return ended.exitCode ?? 1
  }

  /// Writes what a run of a job writes, as it is.
  func show(_ request: JobLogRequest, of container: String, hasTimestamps: Bool = false, from engine: EngineClient) async throws {
    let output = output
    var options = LogPrinter.Options()
    options.hasPrefix = false
    options.hasTimestamps = hasTimestamps
    let printer = LogPrinter(
      project: request.project, containers: [container], style: style(noColour: true), options: options, isTerminal: output.isTerminal,
      output: { output.relay($0, isError: false) }, errors: { output.relay($0, isError: true) })
    for try await block in try await engine.jobLogs(request) { printer.show(block) }
    printer.finish()
  }
}
