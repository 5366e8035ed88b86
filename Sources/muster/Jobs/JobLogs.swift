import ArgumentParser
import Backend
import EngineClient
import StackModel

/// `muster job logs`.
struct JobLogs: StackCommand {
  static let configuration = CommandConfiguration(
    commandName: "logs", abstract: "Show what a run of a job wrote: the newest, unless another is named.",
    discussion: "Example: muster job logs --run 3 --tail 20 backup")
  @Flag(name: .shortAndLong, help: "Go on as it writes, until it has ended.") var follow = false
  @Option(help: ArgumentHelp("Which run, as 'job history' numbers them.", valueName: "number")) var run: Int?
  @Option(name: [.customShort("n"), .long], help: ArgumentHelp("The last lines: a number or all.", valueName: "lines")) var tail = "all"
  @Flag(name: .shortAndLong, help: "Show the time of each line.") var timestamps = false
  @Argument(help: "The job's name.") var job: String

  func perform(_ context: Context) async throws -> Int32 {
    var request = JobLogRequest(project: try context.project(), job: JobName(job), number: run, follows: follow)
    if tail != "all" {
      guard let count = Int(tail), count >= 0 else { throw Exit(1, "--tail \(tail): a number or all") }
      request.tail = count
    }
    try await context.show(request, of: job, hasTimestamps: timestamps, from: try await context.engine())
    return 0
  }
}
