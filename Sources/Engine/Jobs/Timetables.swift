import Backend
import StackModel

extension Job {
  /// Its schedules, ready for use; throws when one cannot be read, or its time zone is not known here.
  func timetables() throws(EngineError) -> [JobMachine.Timetable] {
    var tables: [JobMachine.Timetable] = []
    for schedule in triggers.schedules { tables.append(try schedule.timetable(of: definition.name)) }
    return tables
  }
}

extension JobSchedule {
  fileprivate func timetable(of job: ServiceName) throws(EngineError) -> JobMachine.Timetable {
    let cron: CronSchedule
    do throws(CronSchedule.Problem) {
      cron = try CronSchedule(self.cron)
    } catch {
      throw EngineError(.invalid, subject: job.rawValue, "\"\(self.cron)\" \(error)")
    }
    return JobMachine.Timetable(
      cron: cron, zone: try zone(of: job), concurrency: concurrency ?? .forbid, missedFires: missedFires ?? .one)
  }

  private func zone(of job: ServiceName) throws(EngineError) -> ZoneRules {
    guard let timezone, !ZoneRules.isUTC(timezone) else { return .utc }
    guard let path = ZoneRules.path(of: timezone), let bytes = try? RegularFile.read(path, limit: ZoneRules.largestFile),
      let rules = ZoneRules(file: bytes)
    else {
      throw EngineError(
        .invalid, subject: job.rawValue, "there is no time zone \"\(timezone)\"",
        hint: "the machine's zones are in \(ZoneRules.directory) (Debian's package tzdata)")
    }
    return rules
  }
}
