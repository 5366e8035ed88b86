import Backend
import Glibc
import Reconciler
import StackModel
import Synchronization
import TestSupport
import Testing

@testable import Engine

/// A clock that a test sets. Whoever sleeps by it looks again soon.
final class SetClock: JobClock {
  private let time: Mutex<Int64>

  /// A moment, as RFC 3339 writes it.
  init(_ text: String) throws { time = Mutex(try #require(Timestamp.nanoseconds(text))) }

  func now() -> Int64 { time.withLock { $0 } }
  func sleep(for time: Duration) async { try? await Task.sleep(for: .milliseconds(20)) }

  func set(_ text: String) throws {
    let moment = try #require(Timestamp.nanoseconds(text))
    time.withLock { $0 = moment }
  }
}

/// A door that the scripts of containers wait at: `while [ ! -e /gate/open ]; do sleep 0.05; done`.
struct JobGate {
  private let directory: TemporaryDirectory
  static let waiting = "while [ ! -e /gate/open ]; do sleep 0.05; done"

  init() throws {
    directory = try TemporaryDirectory("gate")
    // Containers with user namespaces look into it too.
    chmod(directory.path, 0o755)
  }

  var mount: Mount { Mount(source: .bind(path: directory.path, createsHostPath: false, propagation: nil), target: "/gate") }
  func open() throws { try directory.write("open", "") }
}

extension EngineOfOurOwn {
  /// A stack of jobs alone that run a shell command each on a network of their own.
  func stack(
    _ name: ProjectName, jobs: [JobName: String], _ schedules: [JobSchedule] = [], _ change: (inout Service) -> Void = { _ in }
  ) -> Stack {
    var stack = self.stack(name, [:])
    let network = NetworkName("\(name)_default")
    stack.jobs = [:]
    for (job, script) in jobs {
      var definition = Service(name: job.service, image: "tiny")
      definition.options.command = ["sh", "-c", script]
      definition.options.network = .bridges([Attachment(network: network)])
      definition.options.stopGracePeriod = .seconds(1)
      change(&definition)
      stack.jobs?[job] = Job(definition: definition, triggers: JobTriggers(schedules: schedules))
    }
    return stack
  }

  func runs(_ project: ProjectName, _ job: JobName) async throws -> [JobRun] { try await backend.jobRuns(project, job) }

  func start(_ project: ProjectName, _ job: JobName) async throws -> JobRun {
    try await backend.runJob(JobRunRequest(project: project, job: job))
  }

  /// A run, once it has ended.
  func ended(_ project: ProjectName, _ job: JobName, _ number: Int) async throws -> JobRun {
    let found = try await eventually(within: 30) {
      try await backend.jobRuns(project, job).first { $0.number == number }
    } until: {
      $0?.isOver == true
    }
    return try #require(found, "run \(number) of \(job) is not in its history")
  }

  /// A run, once its container runs.
  func running(_ project: ProjectName, _ job: JobName, _ number: Int) async throws -> JobRun {
    let found = try await eventually {
      try await backend.jobRuns(project, job).first { $0.number == number }
    } until: {
      $0?.state == .running
    }
    let run = try #require(found, "run \(number) of \(job) is not in its history")
    #expect(run.state == .running, "\(run)")
    return run
  }

  func output(_ project: ProjectName, _ job: JobName, _ number: Int? = nil, follows: Bool = false, tail: Int? = nil) async throws
    -> [String]
  {
    var lines: [String] = []
    let request = JobLogRequest(project: project, job: job, number: number, follows: follows, tail: tail)
    for try await block in try await backend.jobLogs(request) { lines += block.map(\.text) }
    return lines
  }
}
