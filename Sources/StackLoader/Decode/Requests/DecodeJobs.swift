import Diagnostics
import StackModel

/// The top-level `jobs`: each is written as a service is, with `triggers`.
struct JobDecoder {
  let model: Node
  let project: Project
  let report: Report
  /// With what its files of variables and labels say.
  var resolved: (_ name: String, Node) -> Node = { $1 }
  /// Whether a job with these profiles is there.
  var isEnabled: (_ name: String, _ profiles: [String]) -> Bool = { _, _ in true }

  /// Those that are enabled, and the others.
  func decode() -> (enabled: [JobName: Job], disabled: [JobName: Job]) {
    var (enabled, disabled): ([JobName: Job], [JobName: Job]) = ([:], [:])
    let all = jobs()
    checkCycles(all)
    for (name, job) in all {
      if isEnabled(name.rawValue, job.definition.profiles) { enabled[name] = job } else { disabled[name] = job }
    }
    for name in enabled.keys.sorted() { checkProfiles(name, &enabled, disabled) }
    return (enabled, disabled)
  }

  func jobs() -> [JobName: Job] {
    guard let mapping = model["jobs"]?.mapping else { return [:] }
    var jobs: [JobName: Job] = [:]
    let names = Set(mapping.entries.map(\.key))
    for entry in mapping.entries where entry.value.mapping != nil {
      guard Names.isKey(entry.key) else {
        report.error(
          .name, entry.keyPlace, "\"\(entry.key)\" is not a name for a job", hint: "names have letters, digits, '_', '.' and '-'")
        continue
      }
      if project.services.contains(entry.key) {
        report.error(
          .conflict, entry.keyPlace, "the job \"\(entry.key)\" has the name of a service", hint: "both can be run by name; rename one")
      }
      let node = resolved(entry.key, entry.value)
      var known = project
      known.enabledServices.insert(entry.key)
      var definition = ServiceDecoder(name: entry.key, node: node, project: known, report: report, section: "jobs").decode()
      definition.origin = entry.keyPlace.range
      let fields = Fields(node: node, subject: "job \"\(entry.key)\"", path: "jobs.\(entry.key)", report: report)
      checkDependencies(&definition, entry, fields, jobs: names, isEnabled: isEnabled(entry.key, definition.profiles))
      jobs[JobName(entry.key)] = Job(definition: definition, triggers: triggers(fields, entry))
    }
    return jobs
  }

  // MARK: Dependencies

  /// Drops dependencies that are not required and not there.
  private func checkDependencies(
    _ definition: inout Service, _ entry: Mapping.Entry, _ fields: Fields, jobs: Set<String>, isEnabled: Bool
  ) {
    for (other, dependency) in definition.dependsOn.sorted(by: { $0.key < $1.key }) {
      let place = place(of: other.rawValue, in: entry)
      if project.services.contains(other.rawValue) {
        guard isEnabled, !project.enabledServices.contains(other.rawValue) else { continue }
        if dependency.isRequired {
          report.error(
            .undeclared, place, "\(fields.subject) depends on \"\(other)\", whose profiles are not active",
            hint: "activate one of them with --profile")
        } else {
          definition.dependsOn[other] = nil
        }
      } else if jobs.contains(other.rawValue) {
        guard dependency.condition != .completed else { continue }
        report.error(
          .invalidValue, place,
          "\(fields.subject) depends on \"\(other)\", which is a job: it can only be waited for until it has succeeded",
          hint: "write depends_on: {\(other): {condition: service_completed_successfully}}")
      } else if dependency.isRequired {
        report.error(
          .undeclared, place, "\(fields.subject) depends on \"\(other)\", which is not declared",
          hint: report.isFull ? nil : report.suggestion(for: other.rawValue, among: project.services))
      } else {
        report.warning(.undeclared, place, "\(fields.subject) would depend on \"\(other)\", which is not declared")
        definition.dependsOn[other] = nil
      }
    }
  }

  /// A job whose profiles are not active is not there; what is not required is dropped then.
  private func checkProfiles(_ name: JobName, _ enabled: inout [JobName: Job], _ disabled: [JobName: Job]) {
    guard let job = enabled[name] else { return }
    for (other, dependency) in job.definition.dependsOn.sorted(by: { $0.key < $1.key }) {
      guard let absent = disabled[JobName(other.rawValue)] else { continue }
      if dependency.isRequired {
        report.error(
          .undeclared, entry(name).map { place(of: other.rawValue, in: $0) },
          "job \"\(name)\" depends on \"\(other)\", whose profiles are not active",
          hint: "activate one: --profile \(absent.definition.profiles.sorted().first ?? "NAME")")
      } else {
        enabled[name]?.definition.dependsOn[other] = nil
      }
    }
  }

  private func checkCycles(_ all: [JobName: Job]) {
    let edges = Dictionary(uniqueKeysWithValues: all.values.map { ($0.definition.name, $0.definition.dependsOn) })
    guard let ring = dependencyRing(edges), ring.count > 1 else { return }
    let last = JobName(ring[ring.count - 2].rawValue)
    report.error(
      .cycle, entry(last).map { place(of: ring[ring.count - 1].rawValue, in: $0) },
      "jobs wait for each other: \(ring.map(\.rawValue).joined(separator: " → "))", hint: "remove one of these dependencies")
  }

  private func entry(_ name: JobName) -> Mapping.Entry? { model["jobs"]?.mapping?[entry: name.rawValue] }

  private func place(of other: String, in entry: Mapping.Entry) -> Place {
    let node = entry.value
    if let dependency = node["depends_on"]?.mapping?[entry: other] { return dependency.keyPlace }
    if let item = node["depends_on"]?.sequence?.first(where: { $0.text == other }) { return item.place }
    return entry.keyPlace
  }

  // MARK: Triggers

  private func triggers(_ job: Fields, _ entry: Mapping.Entry) -> JobTriggers {
    guard let written = job.child("triggers") else { return JobTriggers() }
    let manual = written.bool("manual")
    var triggers = JobTriggers(isManual: manual ?? true)
    for item in written.items("schedule", orOne: true) {
      let inner = written.inner("schedule", item)
      if let schedule = schedule(item, inner) { triggers.schedules.append(schedule) }
    }
    if written.node["manual"] == nil, written.node["schedule"] == nil {
      report.error(
        .missingKey, job.place("triggers"), "\(written.subject) has neither manual nor schedule",
        hint: "add manual: true, or schedule: [\"0 3 * * *\"]")
    } else if manual == true, written.node["schedule"]?.isNull == false {
      report.error(
        .conflict, written.place("manual"), "\(written.subject): manual and schedule stand beside each other",
        hint: "leave manual away: a job with a schedule may be run by hand too")
    } else if manual == false, triggers.schedules.isEmpty, written.node["schedule"] == nil {
      report.warning(
        .withoutEffect, written.place("manual"), "\(job.subject) never runs: it may not be run by hand and has no schedule",
        hint: "give it a schedule, or leave manual away")
    }
    return triggers
  }

  private func schedule(_ item: Node, _ inner: Fields) -> JobSchedule? {
    guard item.mapping != nil else {
      let schedule = JobSchedule(cron: item.text ?? "")
      return isRight(schedule.cron, item.place, inner) ? schedule : nil
    }
    let schedule = JobSchedule(
      cron: inner.text("cron") ?? "", timezone: inner.text("timezone"), concurrency: inner.choice("concurrency"),
      missedFires: inner.choice("missed_fires"))
    if let zone = schedule.timezone { checkZone(zone, inner) }
    return isRight(schedule.cron, inner.place("cron"), inner) ? schedule : nil
  }

  private func isRight(_ cron: String, _ place: Place, _ fields: Fields) -> Bool {
    do throws(CronSchedule.Problem) {
      _ = try CronSchedule(cron)
      return true
    } catch {
      report.error(
        .invalidValue, place, "\(fields.subject): \"\(cron)\" \(error)",
        hint: "write minute, hour, day, month and weekday, as \"30 3 * * 1-5\"")
      return false
    }
  }

  /// The machine's own zones are those that there are.
  private func checkZone(_ name: String, _ fields: Fields) {
    if ZoneRules.isUTC(name) { return }
    let place = fields.place("timezone")
    let hint = "write an IANA name, as Europe/Paris; the machine's zones are in \(ZoneRules.directory) (Debian's package tzdata)"
    guard let path = ZoneRules.path(of: name), let bytes = try? project.read(path, ZoneRules.largestFile) else {
      report.error(.invalidValue, place, "\(fields.subject): there is no time zone \"\(name)\"", hint: hint)
      return
    }
    guard ZoneRules(file: bytes) != nil else {
      report.error(.invalidValue, place, "\(fields.subject): the file of the time zone \"\(name)\", \(path), is none", hint: hint)
      return
    }
  }
}
