import Backend
import StackModel
import StateStore

/// A job as the engine remembers it.
struct JobRow: StoredRecord, Equatable {
  static let table = "jobs"
  var key: String { "\(project)/\(name)" }
  var project: ProjectName
  var name: JobName
  /// Of its directory.
  var id: String
  /// As it was asked for.
  var job: Job
  var memory: JobMachine.Memory
}

/// A run of a job as the engine remembers it.
struct JobRunRow: StoredRecord, Equatable {
  static let table = "job_runs"
  var key: String { "\(run.project)/\(run.job)/\(run.number)" }
  var run: JobRun

  /// So many are kept of a job.
  static let limit = 100
}
