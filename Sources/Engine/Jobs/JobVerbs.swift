public import Backend
import Reconciler
public import StackModel

extension LocalBackend {
  public func jobs(_ project: ProjectName?) async throws -> [JobSummary] { await jobs.summaries(project) }

  public func runJob(_ request: JobRunRequest) async throws -> JobRun {
    try await jobs.trigger(JobScheduler.Key(project: request.project, name: request.job))
  }

  public func cancelJob(_ request: JobCancelRequest) async throws -> [JobRun] {
    let key = JobScheduler.Key(project: request.project, name: request.job)
    // Whoever asks and goes away has asked: it is not killed before its time is over.
    return try await shielded { try await self.jobs.cancel(key, request.number, grace: request.timeout.map { .seconds($0) }) }
  }

  public func jobRuns(_ project: ProjectName, _ job: JobName) async throws -> [JobRun] {
    try await jobs.runs(JobScheduler.Key(project: project, name: job))
  }

  public func jobLogs(_ request: JobLogRequest) async throws -> AsyncThrowingStream<[LogLine], any Error> {
    let key = JobScheduler.Key(project: request.project, name: request.job)
    let entry = try await jobs.entry(key)
    let wanted = request.number.map { number in entry.runs.last { $0.number == number } } ?? entry.runs.last { $0.isRun }
    guard let run = wanted else {
      let message = request.number.map { "the job has no run \($0) that is kept" } ?? "the job has not run yet"
      throw EngineError(
        .notFound, subject: request.job.rawValue, message, hint: "see: muster -p \(request.project) job history \(request.job)")
    }
    let reading = JobLogReading(
      engine: self, key: key, number: run.number, stored: JobFiles(location: location, id: entry.row.id).log(of: run.number), request)
    return AsyncThrowingStream { await reading.next() }
  }
}

/// How far the output of one run has been read: its container's log while there is one, then what was kept of it.
private actor JobLogReading {
  private let engine: LocalBackend
  private let key: JobScheduler.Key
  private let number: Int
  private let stored: String
  private let request: JobLogRequest
  private var merge = LogMerge(since: nil, until: nil)
  private var path: String?
  private var hasRead = false

  init(engine: LocalBackend, key: JobScheduler.Key, number: Int, stored: String, _ request: JobLogRequest) {
    self.engine = engine
    self.key = key
    self.number = number
    self.stored = stored
    self.request = request
  }

  /// nil: there is no more, or nobody waits any longer.
  func next() async -> [LogLine]? {
    while !Task.isCancelled {
      // Looked at before reading: what is written after it has ended is nothing.
      let run = try? await engine.jobs.runs(key).first { $0.number == number }
      let isOver = run?.isOver ?? true
      if let place = isOver ? stored : run?.containerID.map({ ContainerFiles(location: engine.location, id: $0).log }), !hasRead,
        path != place
      {
        path = place
        merge = LogMerge(since: nil, until: nil)
        let name = run?.containerName ?? key.name.rawValue
        merge.add(
          LogFollower.Source(container: name, service: key.name.service, path: place), tail: request.tail.map { max(0, $0) },
          endsHere: !request.follows)
      }
      let block = merge.block()
      if !block.isEmpty {
        hasRead = true
        return block
      }
      guard request.follows, !isOver, (try? await Task.sleep(for: .milliseconds(25))) != nil else { return nil }
    }
    return nil
  }
}
