public import Backend
import StackModel

extension Table {
  /// `job ls`.
  public static func jobs(_ jobs: [JobSummary], now: Int64, hasProjects: Bool = false) -> Table {
    var table = Table((hasProjects ? ["PROJECT"] : []) + ["NAME", "SCHEDULE", "ZONE", "STATE", "NEXT RUN", "LAST RUN", "EXIT"])
    for job in jobs {
      let next = job.nextAt.map { "in " + humanDuration($0 - now).lowercasedFirst } ?? "-"
      let last = job.lastRun.map { "\($0.state.rawValue) (\(humanAge(of: $0.startedAt ?? $0.createdAt, now: now)))" } ?? "-"
      table.rows.append(
        (hasProjects ? [job.project.rawValue] : []) + [
          job.name.rawValue, job.scheduleText, job.zoneText, job.running.isEmpty ? "idle" : "running", next, last,
          job.lastRun?.exitCode.map(String.init) ?? "-",
        ])
    }
    return table
  }

  /// `job history`.
  public static func jobRuns(_ runs: [JobRun], now: Int64) -> Table {
    var table = Table(["RUN", "TRIGGER", "STATE", "WHEN", "TOOK", "EXIT", "REASON"])
    for run in runs {
      let took = run.startedAt.flatMap { began in run.finishedAt.map { humanDuration($0 - began) } } ?? "-"
      table.rows.append([
        String(run.number), run.trigger.rawValue, run.count > 1 ? "\(run.state.rawValue) \(run.count) times" : run.state.rawValue,
        humanAge(of: run.startedAt ?? run.finishedAt ?? run.createdAt, now: now), run.isRun ? took : "-",
        run.exitCode.map(String.init) ?? "-", run.reason ?? "",
      ])
    }
    return table
  }
}

extension JobSummary {
  /// `0 3 * * *`; `manual` without a schedule.
  public var scheduleText: String {
    triggers.schedules.isEmpty ? "manual" : triggers.schedules.map(\.cron).joined(separator: ", ")
  }

  /// `Europe/Paris`; `-` without a schedule.
  public var zoneText: String {
    var zones: [String] = []
    for zone in triggers.schedules.map({ $0.timezone ?? "UTC" }) where !zones.contains(zone) { zones.append(zone) }
    return zones.isEmpty ? "-" : zones.joined(separator: ", ")
  }
}

extension String {
  /// `about a minute` of `About a minute`.
  fileprivate var lowercasedFirst: String { prefix(1).lowercased() + dropFirst() }
}
