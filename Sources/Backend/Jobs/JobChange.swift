public import StackModel

extension Event {
  /// What becomes of a job's run.
  public struct JobChange: Sendable, Codable, Equatable {
    public enum What: Sendable, Codable, Equatable {
      case started(JobRun.Trigger)
      /// `reason`: why it never began, or what more there is to say than the code; nil: nothing.
      case ended(code: Int32?, outOfMemory: Bool, reason: String?)
      case skipped(reason: String)
      case missed(reason: String)
    }
    public var job: JobName
    /// The run's.
    public var number: Int
    public var what: What
    public init(job: JobName, number: Int, what: What) {
      self.job = job
      self.number = number
      self.what = what
    }
  }
}
