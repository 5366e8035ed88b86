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
  /// `manual`: may be run by hand.
  public var isManual: Bool
  public var schedules: [JobSchedule]
  public init(isManual: Bool = false, schedules: [JobSchedule] = []) {
    self.isManual = isManual
    self.schedules = schedules
  }
}

/// One of `jobs.x.triggers.schedule`.
public struct JobSchedule: Sendable, Codable, Equatable {
  /// Minute, hour, day of the month, month, day of the week; or `@daily` and its like.
  public var cron: String
  /// An IANA name, `Europe/Paris`.
  public var timezone: String?
  /// What happens when the last run is not over, as `queue`.
  public var concurrency: String?
  /// What happens with runs that were missed, as `skip`.
  public var missedFires: String?
  public init(cron: String, timezone: String? = nil, concurrency: String? = nil, missedFires: String? = nil) {
    self.cron = cron
    self.timezone = timezone
    self.concurrency = concurrency
    self.missedFires = missedFires
  }
}
