import StackModel

/// The top-level `jobs`: each is written as a service is, with `triggers`.
struct JobDecoder {
  let model: Node
  let project: Project
  let report: Report

  func jobs() -> [String: Job] {
    guard let mapping = model["jobs"]?.mapping else { return [:] }
    var jobs: [String: Job] = [:]
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
      var definition = ServiceDecoder(name: entry.key, node: entry.value, project: project, report: report, section: "jobs").decode()
      definition.origin = entry.keyPlace.range
      let fields = Fields(node: entry.value, subject: "job \"\(entry.key)\"", path: "jobs.\(entry.key)", report: report)
      jobs[entry.key] = Job(definition: definition, triggers: triggers(fields))
    }
    return jobs
  }

  private func triggers(_ job: Fields) -> JobTriggers {
    guard let written = job.child("triggers") else { return JobTriggers() }
    var triggers = JobTriggers(isManual: written.bool("manual") ?? false)
    for item in written.items("schedule", orOne: true) {
      let inner = written.inner("schedule", item)
      let schedule: JobSchedule
      if item.mapping != nil {
        schedule = JobSchedule(
          cron: inner.text("cron") ?? "", timezone: inner.text("timezone"), concurrency: inner.text("concurrency"),
          missedFires: inner.text("missed_fires"))
      } else {
        schedule = JobSchedule(cron: item.text ?? "")
      }
      guard Self.isCron(schedule.cron) else {
        report.error(
          .invalidValue, item["cron"]?.place ?? item.place, "\(inner.subject): \"\(schedule.cron)\" is not a schedule",
          hint: "write minute, hour, day, month and weekday, as \"30 3 * * 1-5\"")
        continue
      }
      triggers.schedules.append(schedule)
    }
    return triggers
  }

  /// Five fields of `*`, numbers, names, ranges, lists and steps; or `@daily` and its like.
  static func isCron(_ text: String) -> Bool {
    if text.hasPrefix("@") { return ["@yearly", "@annually", "@monthly", "@weekly", "@daily", "@midnight", "@hourly"].contains(text) }
    let fields = text.split(separator: " ")
    guard fields.count == 5 else { return false }
    let months = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]
    let days = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"]
    let rules: [(range: ClosedRange<Int>, names: [String])] = [(0...59, []), (0...23, []), (1...31, []), (1...12, months), (0...7, days)]
    return zip(fields, rules).allSatisfy { field, rule in
      field.split(separator: ",", omittingEmptySubsequences: false).allSatisfy { isCronItem($0, rule.range, rule.names) }
    }
  }

  /// `*`, `5`, `mon`, `1-5`, each with `/STEP`.
  private static func isCronItem(_ item: Substring, _ range: ClosedRange<Int>, _ names: [String]) -> Bool {
    let parts = item.split(separator: "/", omittingEmptySubsequences: false)
    guard (1...2).contains(parts.count), parts.count == 1 || Int(parts[1]).map({ $0 > 0 && $0 <= range.upperBound + 1 }) == true else {
      return false
    }
    if parts[0] == "*" { return true }
    let ends = parts[0].split(separator: "-", omittingEmptySubsequences: false).map { end in
      names.firstIndex(of: end.lowercased()).map { $0 + range.lowerBound } ?? (end.allSatisfy(\.isNumber) ? Int(end) : nil)
    }
    guard (1...2).contains(ends.count), let first = ends[0], let last = ends[ends.count - 1] else { return false }
    return range.contains(first) && range.contains(last) && first <= last
  }
}
