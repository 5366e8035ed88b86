/// One of the stack's `jobs`: a container that runs to its end, on a schedule or when told to.
public struct Job: Sendable, Codable, Equatable {
  /// What its container is like; written as a service is.
  public var definition: Service
  public var triggers: JobTriggers
  public init(definition: Service, triggers: JobTriggers = JobTriggers()) {
    self.definition = definition
    self.triggers = triggers
  }
}

/// `jobs.x.triggers`.
public struct JobTriggers: Sendable, Codable, Equatable {
  /// `manual`: may be run by hand, as it may when nothing is said.
  public var isManual: Bool
  public var schedules: [JobSchedule]
  public init(isManual: Bool = true, schedules: [JobSchedule] = []) {
    self.isManual = isManual
    self.schedules = schedules
  }
}

/// One of `jobs.x.triggers.schedule`.
public struct JobSchedule: Sendable, Codable, Equatable {
  /// What happens when the schedule fires while a run of the job goes on. The specification has the first two.
  public enum Concurrency: String, Sendable, Codable, CaseIterable {
    /// The new run is skipped.
    case forbid
    /// The new run begins when the other has ended; only one waits.
    case queue
    /// Both run at the same time.
    case allow
    /// The other is stopped, and the new one begins then.
    case replace
  }

  /// What happens with runs that were due while no engine ran.
  public enum MissedFires: String, Sendable, Codable, CaseIterable {
    /// One run makes up for all of them.
    case one
    /// They are only told about.
    case skip
  }

  /// Minute, hour, day of the month, month, day of the week; or `@daily` and its like (``CronSchedule``).
  public var cron: String
  /// An IANA name, `Europe/Paris`; nil: UTC.
  public var timezone: String?
  /// nil: `forbid`.
  public var concurrency: Concurrency?
  /// nil: `one`.
  public var missedFires: MissedFires?
  public init(cron: String, timezone: String? = nil, concurrency: Concurrency? = nil, missedFires: MissedFires? = nil) {
    self.cron = cron
    self.timezone = timezone
    self.concurrency = concurrency
    self.missedFires = missedFires
  }
}
