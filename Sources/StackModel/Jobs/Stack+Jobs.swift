extension Stack {
  /// The enabled services, and beside them the enabled jobs: all of which containers are made.
  public var servicesAndJobs: [ServiceName: Service] {
    guard let jobs else { return services }
    return services.merging(jobs.values.map { ($0.definition.name, $0.definition) }) { service, _ in service }
  }

  /// Those of inactive profiles.
  public var disabledServicesAndJobs: [ServiceName: Service] {
    guard let disabledJobs else { return disabledServices }
    return disabledServices.merging(disabledJobs.values.map { ($0.definition.name, $0.definition) }) { service, _ in service }
  }

  /// Changes how the images of enabled services and jobs are built.
  public mutating func changeBuilds(_ change: (inout BuildSpec) -> Void) {
    for name in services.keys {
      if var build = services[name]?.build {
        change(&build)
        services[name]?.build = build
      }
    }
    for name in jobs?.keys.map({ $0 }) ?? [] {
      if var build = jobs?[name]?.definition.build {
        change(&build)
        jobs?[name]?.definition.build = build
      }
    }
  }
}

extension Job {
  /// What starts it, in a few words: `0 3 * * * Europe/Paris`, `manual`.
  public var triggerText: String {
    guard !triggers.schedules.isEmpty else { return "manual" }
    return triggers.schedules.map(\.text).joined(separator: ", ")
  }
}

extension JobSchedule {
  /// `0 3 * * * Europe/Paris`.
  public var text: String { timezone.map { "\(cron) \($0)" } ?? cron }
}
