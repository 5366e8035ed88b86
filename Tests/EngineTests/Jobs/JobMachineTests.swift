import Backend
import StackModel
import Testing

@testable import Engine

/// When runs begin: times and ends are fed in, and what is decided is compared.
@Suite struct JobMachineTests {
  /// 2026-01-01T00:00:00Z, the start of everything here.
  private static let start: Int64 = 1_767_225_600
  private static let hour: Int64 = 3_600

  private func timetable(
    _ cron: String, _ concurrency: JobSchedule.Concurrency = .forbid, _ missed: JobSchedule.MissedFires = .one
  ) throws -> JobMachine.Timetable {
    JobMachine.Timetable(cron: try CronSchedule(cron), zone: .utc, concurrency: concurrency, missedFires: missed)
  }

  private func machine(
    _ cron: String = "0 * * * *", _ concurrency: JobSchedule.Concurrency = .forbid, _ missed: JobSchedule.MissedFires = .one
  ) throws -> JobMachine {
    JobMachine([try timetable(cron, concurrency, missed)], now: Self.start)
  }

  /// Decisions in a few words, times as minutes since the start.
  private func words(_ decisions: [JobMachine.Decision]) -> [String] {
    func minute(_ time: Int64?) -> String { time.map { String(($0 - Self.start) / 60) } ?? "-" }
    return decisions.map { decision in
      switch decision {
      case .start(let fire): "start \(fire.number) \(fire.trigger.rawValue) \(minute(fire.scheduledAt))"
      case .wait(let fire, let other): "wait \(fire.number) \(fire.trigger.rawValue) \(minute(fire.scheduledAt)) behind \(other)"
      case .skip(let fire, let other): "skip \(fire.number) \(minute(fire.scheduledAt)) for \(other)"
      case .miss(let fire, let count, let isMore, let first, let last):
        "miss \(fire.number) \(count)\(isMore ? "+" : "") \(minute(first))-\(minute(last))"
      case .stop(let numbers): "stop \(numbers)"
      }
    }
  }

  @Test func firesWhenItIsDueAndOnce() throws {
    var machine = try machine()
    #expect(machine.next(after: Self.start) == Self.start + Self.hour)
    #expect(words(machine.advance(to: Self.start + 3_599)) == [])
    #expect(words(machine.advance(to: Self.start + 3_600)) == ["start 1 schedule 60"])
    #expect(words(machine.advance(to: Self.start + 3_600)) == [])
    #expect(words(machine.advance(to: Self.start + 3_660)) == [])
    #expect(words(machine.ended(1)) == [])
    #expect(machine.next(after: Self.start + 3_700) == Self.start + 7_200)
    // A look that is late is still on time.
    #expect(words(machine.advance(to: Self.start + 7_280)) == ["start 2 schedule 120"])
  }

  @Test func forbidSkipsWhileARunGoesOn() throws {
    var machine = try machine("* * * * *")
    #expect(words(machine.advance(to: Self.start + 60)) == ["start 1 schedule 1"])
    #expect(words(machine.advance(to: Self.start + 120)) == ["skip 2 2 for 1"])
    #expect(words(machine.advance(to: Self.start + 180)) == ["skip 3 3 for 1"])
    #expect(words(machine.ended(1)) == [])
    #expect(words(machine.advance(to: Self.start + 240)) == ["start 4 schedule 4"])
  }

  @Test func queueHasOneWait() throws {
    var machine = try machine("* * * * *", .queue)
    #expect(words(machine.advance(to: Self.start + 60)) == ["start 1 schedule 1"])
    #expect(words(machine.advance(to: Self.start + 120)) == ["wait 2 schedule 2 behind 1"])
    #expect(words(machine.advance(to: Self.start + 180)) == ["skip 3 3 for 2"])
    #expect(words(machine.ended(1)) == ["start 2 schedule 2"])
    #expect(machine.running == [2] && machine.memory.waiting == nil)
    #expect(words(machine.ended(2)) == [])
  }

  @Test func whatWaitsMayBeTakenOutOfLine() throws {
    var machine = try machine("* * * * *", .queue)
    #expect(words(machine.advance(to: Self.start + 60)) == ["start 1 schedule 1"])
    #expect(words(machine.advance(to: Self.start + 120)) == ["wait 2 schedule 2 behind 1"])
    // What runs is not in line, and neither is what there is not.
    #expect(!machine.withdraw(1) && !machine.withdraw(3) && machine.memory.waiting?.number == 2)
    #expect(machine.withdraw(2) && !machine.withdraw(2))
    #expect(machine.running == [1] && machine.memory.waiting == nil)
    // Its place is free again.
    #expect(words(machine.advance(to: Self.start + 180)) == ["wait 3 schedule 3 behind 1"])
    #expect(words(machine.ended(1)) == ["start 3 schedule 3"])
  }

  @Test func allowRunsBeside() throws {
    var machine = try machine("* * * * *", .allow)
    #expect(words(machine.advance(to: Self.start + 60)) == ["start 1 schedule 1"])
    #expect(words(machine.advance(to: Self.start + 120)) == ["start 2 schedule 2"])
    #expect(machine.running == [1, 2])
    #expect(words(machine.ended(1)) == [] && machine.running == [2])
  }

  @Test func replaceStopsTheOldOneFirst() throws {
    var machine = try machine("* * * * *", .replace)
    #expect(words(machine.advance(to: Self.start + 60)) == ["start 1 schedule 1"])
    #expect(words(machine.advance(to: Self.start + 120)) == ["wait 2 schedule 2 behind 1", "stop [1]"])
    // It takes long to stop: the newest is the one that begins.
    #expect(words(machine.advance(to: Self.start + 180)) == ["skip 2 2 for 3", "wait 3 schedule 3 behind 1", "stop [1]"])
    #expect(words(machine.ended(1)) == ["start 3 schedule 3"])
  }

  @Test func missedRunsAreToldAndOneMakesUpForThem() throws {
    var machine = try machine()
    #expect(words(machine.advance(to: Self.start + 5 * Self.hour + 1_800)) == ["miss 1 5 60-300", "start 2 missed 300"])
    #expect(words(machine.advance(to: Self.start + 5 * Self.hour + 1_860)) == [])
    _ = machine.ended(2)
    // The last one is on time: it makes up for the others.
    #expect(words(machine.advance(to: Self.start + 8 * Self.hour + 10)) == ["miss 3 2 360-420", "start 4 schedule 480"])
  }

  @Test func missedRunsAreOnlyToldWhereNothingElseIsAsked() throws {
    var machine = try machine("0 * * * *", .forbid, .skip)
    #expect(words(machine.advance(to: Self.start + 2 * Self.hour + 1_800)) == ["miss 1 2 60-120"])
    #expect(words(machine.advance(to: Self.start + 3 * Self.hour)) == ["start 2 schedule 180"])
  }

  @Test func yearsAreNotCountedMinuteByMinute() throws {
    var machine = try machine("* * * * *")
    #expect(words(machine.advance(to: Self.start + 3 * 365 * 24 * Self.hour)) == ["miss 1 1000+ 1-1000", "start 2 missed 1000"])
    _ = machine.ended(2)
    #expect(words(machine.advance(to: Self.start + 3 * 365 * 24 * Self.hour + 60)).count == 1)
  }

  @Test func aClockThatIsSet() throws {
    var machine = try machine("*/10 * * * *")
    #expect(words(machine.advance(to: Self.start + 600)) == ["start 1 schedule 10"])
    _ = machine.ended(1)
    // A little back: what ran does not run again.
    #expect(words(machine.advance(to: Self.start + 300)) == [])
    #expect(words(machine.advance(to: Self.start + 600)) == [])
    #expect(words(machine.advance(to: Self.start + 1_200)) == ["start 2 schedule 20"])
    _ = machine.ended(2)
    // A year forth, and back again: it goes on from there.
    let year = 365 * 24 * Self.hour
    #expect(words(machine.advance(to: Self.start + year)).last?.hasPrefix("start 4 missed") == true)
    _ = machine.ended(4)
    #expect(words(machine.advance(to: Self.start + 1_260)) == [])
    #expect(machine.next(after: Self.start + 1_260) == Self.start + 1_800)
    #expect(words(machine.advance(to: Self.start + 1_800)) == ["start 5 schedule 30"])
  }

  @Test func byHand() throws {
    var forbidding = try machine()
    #expect(words(try forbidding.trigger().decisions) == ["start 1 manual -"])
    #expect(throws: JobMachine.Refusal.running(1)) { try forbidding.trigger() }
    // It is in the schedule's way as any run.
    #expect(words(forbidding.advance(to: Self.start + Self.hour)) == ["skip 2 60 for 1"])
    // And changes nothing of when that is due.
    #expect(forbidding.next(after: Self.start + Self.hour) == Self.start + 2 * Self.hour)

    var queueing = try machine("0 * * * *", .queue)
    _ = try queueing.trigger()
    #expect(words(try queueing.trigger().decisions) == ["wait 2 manual - behind 1"])
    #expect(throws: JobMachine.Refusal.waiting(2)) { try queueing.trigger() }
    #expect(words(queueing.ended(1)) == ["start 2 manual -"])

    var manual = JobMachine([], now: Self.start)
    #expect(manual.next(after: Self.start) == nil && manual.advance(to: Self.start + 1_000_000).isEmpty)
    #expect(words(try manual.trigger().decisions) == ["start 1 manual -"])
    #expect(throws: JobMachine.Refusal.running(1)) { try manual.trigger() }
  }

  @Test func severalSchedules() throws {
    var machine = JobMachine([try timetable("0 * * * *"), try timetable("*/30 * * * *", .queue)], now: Self.start)
    #expect(machine.next(after: Self.start) == Self.start + 1_800)
    #expect(words(machine.advance(to: Self.start + 1_800)) == ["start 1 schedule 30"])
    _ = machine.ended(1)
    // Both mean the same moment: one run.
    #expect(words(machine.advance(to: Self.start + 3_600)) == ["start 2 schedule 60"])
  }

  @Test func outlivesAnEngine() throws {
    var before = try machine("*/10 * * * *", .queue)
    _ = before.advance(to: Self.start + 600)
    _ = before.advance(to: Self.start + 1_200)
    // Run 1 goes on, run 2 waits; half an hour later there is another engine.
    var after = JobMachine(before.timetables, now: Self.start + 3_000, memory: before.memory, running: [1])
    #expect(after == before)
    #expect(words(after.advance(to: Self.start + 3_300)) == ["miss 3 3 30-50", "skip 4 50 for 2"])
    #expect(words(after.ended(1)) == ["start 2 schedule 20"])
    // Numbers are never given twice, whatever was written down.
    var torn = JobMachine(before.timetables, now: Self.start, memory: nil, running: [7])
    _ = torn.ended(7)
    #expect(try torn.trigger().fire.number == 8)
  }

  @Test func otherSchedules() throws {
    var machine = try machine()
    #expect(words(machine.advance(to: Self.start + Self.hour)) == ["start 1 schedule 60"])
    _ = machine.ended(1)
    // Another schedule begins now, and the one that stays goes on.
    machine.redefine([try timetable("0 * * * *", .allow), try timetable("*/15 * * * *")], now: Self.start + Self.hour + 1_000)
    #expect(machine.next(after: Self.start + Self.hour + 1_000) == Self.start + Self.hour + 1_800)
    #expect(machine.memory.considered == [Self.start + Self.hour, Self.start + Self.hour + 1_000])
    machine.redefine([], now: Self.start + 2 * Self.hour)
    #expect(machine.next(after: 0) == nil && machine.memory.nextNumber == 2)
  }
}
