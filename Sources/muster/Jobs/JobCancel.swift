import ArgumentParser
import Backend
import Diagnostics
import EngineClient
import StackModel

/// `muster job cancel`.
struct JobCancel: StackCommand {
  static let configuration = CommandConfiguration(
    commandName: "cancel", abstract: "Stop a run of a job that goes on or waits: all of them, unless one is named.",
    discussion: """
      Example: muster job cancel backup 3

      Its container is stopped as 'stop' stops one: the stop signal, the grace period, then SIGKILL. The history says that it was cancelled. The
      job's schedule goes on unchanged. The names of the runs' containers are printed when they have ended.
      """)
  @Option(
    name: .shortAndLong, parsing: .unconditional,
    help: ArgumentHelp("How long a container may take to stop; -1 for however long it takes.", valueName: "seconds")) var timeout: Int?
  @Argument(help: "The job's name.") var job: String
  @Argument(help: "Which run, as 'job history' numbers them.") var run: Int?

  func perform(_ context: Context) async throws -> Int32 {
    let request = JobCancelRequest(project: try context.project(), job: JobName(job), number: run, timeout: timeout)
    let runs = try await context.engine().cancelJob(request)
    if runs.isEmpty { context.output.error("no run of \(visible(job)) goes on") }
    for run in runs {
      if run.state == .cancelled {
        context.output.write(run.containerName + "\n")
      } else {
        context.output.error("\(run.containerName) had ended by itself before: \(run.state.rawValue)")
      }
    }
    return 0
  }
}
