import Backend
import StackModel
import Synchronization

extension FakeBackend {
  static let nightly = JobSchedule(cron: "0 3 * * *", timezone: "Europe/Paris", concurrency: .queue)

  func jobs(_ project: ProjectName?) -> [JobSummary] {
    asked.withLock { $0.append("jobs \(project?.rawValue ?? "all")") }
    return [
      JobSummary(
        project: project ?? "shop", name: "backup", image: "x", triggers: JobTriggers(schedules: [Self.nightly]), nextAt: 9, running: [4])
    ]
  }
  func runJob(_ request: JobRunRequest) throws -> JobRun {
    asked.withLock { $0.append("run \(request.project)/\(request.job)") }
    if request.job == "busy" { throw EngineError(.conflict, subject: "busy", "run 3 of it goes on") }
    return JobRun(project: request.project, job: request.job, number: 5, trigger: .manual, state: .waiting, createdAt: 7)
  }
  func cancelJob(_ request: JobCancelRequest) throws -> [JobRun] {
    asked.withLock { $0.append("cancel \(request.project)/\(request.job) \(request.number ?? 0) \(request.timeout ?? -2)") }
    return [
      JobRun(
        project: request.project, job: request.job, number: request.number ?? 5, trigger: .manual, state: .cancelled, createdAt: 7,
        reason: "it was cancelled")
    ]
  }
  func jobRuns(_ project: ProjectName, _ job: JobName) -> [JobRun] {
    [
      JobRun(
        project: project, job: job, number: 4, trigger: .schedule, state: .failed, scheduledAt: 1, createdAt: 2, startedAt: 3,
        finishedAt: 4,
        exitCode: 3, wasOutOfMemory: true, reason: "out of memory")
    ]
  }
  func jobLogs(_ request: JobLogRequest) throws -> AsyncThrowingStream<[LogLine], any Error> {
    asked.withLock { $0.append("job logs \(request.job) \(request.number ?? 0) \(request.follows) \(request.tail ?? -1)") }
    guard let lines else { throw EngineError(.notFound, "the job has not run yet") }
    return lines
  }
}
