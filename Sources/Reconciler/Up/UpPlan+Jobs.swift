import StackModel

extension UpPlan {
  /// The jobs' definitions, in order of name; none where services are named: who names services asks for nothing else.
  var jobDefinitions: [Service] { options.services.isEmpty ? (stack.jobs ?? [:]).sorted { $0.key < $1.key }.map(\.value.definition) : [] }

  /// Registers jobs that are new or have changed, once all is there that their containers need, and removes those that are in the file no more.
  mutating func addJobs() throws(PlanningError) {
    guard options.services.isEmpty else { return }
    try checkJobs()
    let known = Dictionary((observed.jobs ?? []).filter { $0.project == project }.map { ($0.name, $0.job) }) { first, _ in first }
    for (name, job) in (stack.jobs ?? [:]).sorted(by: { $0.key < $1.key }) {
      let after = resources(of: job.definition)
      guard let before = known[name] else {
        steps.add(.createJob(name, job), [.absent], after: after)
        continue
      }
      let changes = before.changes(to: job, in: project)
      if !changes.isEmpty { steps.add(.updateJob(name, job), [.changed(changes)], after: after) }
    }
    for name in known.keys.sorted() where stack.jobs?[name] == nil && stack.disabledJobs?[name] == nil {
      steps.add(.removeJob(name, timeout: options.timeout), [.undeclared])
    }
  }

  /// Jobs whose runs would wait for each other's for ever.
  private func checkJobs() throws(PlanningError) {
    let jobs = Dictionary((stack.jobs ?? [:]).values.map { ($0.definition.name, $0.definition) }) { first, _ in first }
    _ = try ServiceGraph(
      jobs.mapValues { definition in
        var definition = definition
        definition.dependsOn = definition.dependsOn.filter { jobs[$0.key] != nil }
        return definition
      })
  }

  private func resources(of definition: Service) -> Set<Int> {
    var after = imageSteps[definition.image].map { Set([$0]) } ?? []
    for name in definition.options.networkNames { if let step = networkSteps[name] { after.insert(step) } }
    for name in definition.options.volumeNames { if let step = volumeSteps[name] { after.insert(step) } }
    return after
  }

  /// Whether a container is a job's run, which its job keeps and removes.
  func isRun(_ container: ObservedContainer) -> Bool { observed.isRun(container) }
}

extension Observed {
  /// Whether a container is the run of a job that is registered.
  func isRun(_ container: ObservedContainer) -> Bool {
    container.spec.isOneOff
      && (jobs ?? []).contains { $0.project == container.spec.project && $0.name.rawValue == container.spec.service.rawValue }
  }
}

extension Job {
  /// The fields in which a job that is registered differs from what shall be, in the stack file's words; empty when they are equal.
  func changes(to new: Job, in project: ProjectName) -> [FieldChange] {
    var changes = FieldChanges()
    changes.compare("triggers.manual", triggers.isManual, new.triggers.isManual, FieldText.of)
    let schedules = triggers.schedules, others = new.triggers.schedules
    if schedules.count == others.count {
      for (old, new) in zip(schedules, others) {
        changes.compare("triggers.schedule", old.text, new.text) { $0 }
        changes.compare("triggers.schedule.concurrency", old.concurrency ?? .forbid, new.concurrency ?? .forbid, \.rawValue)
        changes.compare("triggers.schedule.missed_fires", old.missedFires ?? .one, new.missedFires ?? .one, \.rawValue)
      }
    } else {
      func shown(_ schedules: [JobSchedule]) -> Shown? {
        schedules.isEmpty ? nil : .text(schedules.map(\.text).joined(separator: ", "))
      }
      changes.add("triggers.schedule", shown(schedules), shown(others))
    }
    func needs(_ job: Job) -> [String: Dependency] {
      Dictionary(uniqueKeysWithValues: job.definition.dependsOn.map { ($0.key.rawValue, $0.value) })
    }
    changes.compare("depends_on", needs(self), needs(new)) { $0.condition.rawValue }
    let spec = definition.container(1, of: project).withoutContents
    let found = spec.changes(to: new.definition.container(1, of: project).withoutContents)
    for change in found { changes.add(change.path, change.old, change.new) }
    if changes.list.isEmpty, definition.withoutPlaces != new.definition.withoutPlaces { changes.add("definition", .hidden, .hidden) }
    return changes.list
  }
}

extension Service {
  /// Without where it is written.
  fileprivate var withoutPlaces: Service {
    var copy = self
    copy.origin = nil
    return copy
  }
}
