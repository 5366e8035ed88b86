import Backend
import StackModel

/// Decides when a job's runs begin: takes times and ends of runs, and says what is to be done. Times are seconds since 1970.
///
/// A schedule that fires while a run goes on has its `concurrency` decide. Fires that lie further back than `grace` were missed: the engine, or the
/// machine, was not there. They are told, and unless `missed_fires` says otherwise one run makes up for all of them.
struct JobMachine: Sendable, Equatable {
  /// One of the job's schedules, ready for use.
  struct Timetable: Sendable, Equatable {
    var cron: CronSchedule
    var zone: ZoneRules
    var concurrency: JobSchedule.Concurrency
    var missedFires: JobSchedule.MissedFires
  }

  /// That a run is to begin.
  struct Fire: Sendable, Codable, Equatable {
    var number: Int
    var trigger: JobRun.Trigger
    /// When it was due; nil: somebody asks for it.
    var scheduledAt: Int64?
    /// When somebody asked for it, or for the run that needs it, in nanoseconds; nil: nobody has.
    var askedAt: Int64?
  }

  enum Decision: Sendable, Equatable {
    case start(Fire)
    /// In line until what runs has ended.
    case wait(Fire, behind: Int)
    case skip(Fire, because: Int)
    /// `isMore`: there were more than are counted.
    case miss(Fire, count: Int, isMore: Bool, first: Int64, last: Int64)
    /// To make place for one that waits.
    case stop([Int])
  }

  /// Why nothing begins by hand.
  enum Refusal: Error, Equatable {
    case running(Int)
    case waiting(Int)
  }

  /// What of it outlives an engine.
  struct Memory: Sendable, Codable, Equatable {
    var nextNumber = 1
    /// Until when the fires of each schedule have been dealt with.
    var considered: [Int64] = []
    var waiting: Fire?
  }

  private(set) var memory: Memory
  private(set) var timetables: [Timetable]
  /// The numbers of runs that have begun and not ended.
  private(set) var running: Set<Int>

  /// A later look is still on time.
  static let grace: Int64 = 90
  /// A clock that is set back further than this is believed; less is waited out, so that nothing runs twice.
  static let largestStep: Int64 = 3_600
  /// So many missed fires are counted one by one.
  static let mostCounted = 1_000

  init(_ timetables: [Timetable], now: Int64, memory: Memory? = nil, running: Set<Int> = []) {
    self.timetables = timetables
    self.memory = memory ?? Memory()
    self.running = running
    if self.memory.considered.count != timetables.count { self.memory.considered = timetables.map { _ in now } }
    if let highest = running.max(), highest >= self.memory.nextNumber { self.memory.nextNumber = highest + 1 }
  }

  /// Other schedules from now on; the fires of those that stay are counted on.
  mutating func redefine(_ new: [Timetable], now: Int64) {
    memory.considered = new.map { timetable in
      let index = timetables.firstIndex { $0.cron.text == timetable.cron.text && $0.zone == timetable.zone }
      return index.map { memory.considered[$0] } ?? now
    }
    timetables = new
  }

  /// When it is due next; nil: never.
  func next(after now: Int64) -> Int64? {
    zip(timetables, memory.considered).compactMap { $0.cron.next(after: max($1, now), in: $0.zone) }.min()
  }

  /// What is due now.
  mutating func advance(to now: Int64) -> [Decision] {
    var decisions: [Decision] = []
    var begun: Set<Int64> = []
    for index in timetables.indices {
      let timetable = timetables[index]
      if memory.considered[index] - now > Self.largestStep { memory.considered[index] = now }
      guard let due = due(timetable, after: memory.considered[index], now: now) else { continue }
      memory.considered[index] = due.isMore ? now : due.last
      let isOnTime = !due.isMore && now - due.last <= Self.grace
      let missed = due.count - (isOnTime ? 1 : 0)
      if missed > 0 {
        let fire = Fire(number: takeNumber(), trigger: .schedule, scheduledAt: due.first)
        decisions.append(.miss(fire, count: missed, isMore: due.isMore, first: due.first, last: isOnTime ? due.lastMissed : due.last))
      }
      guard isOnTime || timetable.missedFires == .one else { continue }
      // Two schedules that mean the same moment mean one run.
      guard begun.insert(due.last).inserted else { continue }
      let fire = Fire(number: takeNumber(), trigger: isOnTime ? .schedule : .missed, scheduledAt: due.last)
      decisions += place(fire, timetable.concurrency)
    }
    return decisions
  }

  /// Somebody asks for a run, or another's that somebody asked for needs it. The first schedule's `concurrency` counts for it too.
  mutating func trigger(
    _ trigger: JobRun.Trigger = .manual, askedAt: Int64? = nil
  ) throws(Refusal) -> (fire: Fire, decisions: [Decision]) {
    let concurrency = timetables.first?.concurrency ?? .forbid
    if let blocking = running.max() {
      if concurrency == .forbid { throw .running(blocking) }
      if concurrency == .queue, let waiting = memory.waiting { throw .waiting(waiting.number) }
    }
    let fire = Fire(number: takeNumber(), trigger: trigger, scheduledAt: nil, askedAt: askedAt)
    return (fire, place(fire, concurrency))
  }

  /// Takes a run out of line; false: it does not wait there.
  mutating func withdraw(_ number: Int) -> Bool {
    guard memory.waiting?.number == number else { return false }
    memory.waiting = nil
    return true
  }

  /// A run has come to an end.
  mutating func ended(_ number: Int) -> [Decision] {
    running.remove(number)
    guard running.isEmpty, let next = memory.waiting else { return [] }
    memory.waiting = nil
    running.insert(next.number)
    return [.start(next)]
  }

  private mutating func place(_ fire: Fire, _ concurrency: JobSchedule.Concurrency) -> [Decision] {
    guard let blocking = running.max() else {
      running.insert(fire.number)
      return [.start(fire)]
    }
    switch concurrency {
    case .forbid: return [.skip(fire, because: blocking)]
    case .allow:
      running.insert(fire.number)
      return [.start(fire)]
    case .queue:
      if let waiting = memory.waiting { return [.skip(fire, because: waiting.number)] }
      memory.waiting = fire
      return [.wait(fire, behind: blocking)]
    case .replace:
      let old = memory.waiting.map { [Decision.skip($0, because: fire.number)] } ?? []
      memory.waiting = fire
      return old + [.wait(fire, behind: blocking), .stop(running.sorted())]
    }
  }

  private mutating func takeNumber() -> Int {
    defer { memory.nextNumber += 1 }
    return memory.nextNumber
  }

  private struct Due {
    var count: Int
    var first: Int64
    var last: Int64
    /// The one before the last.
    var lastMissed: Int64
    var isMore: Bool
  }

  private func due(_ timetable: Timetable, after start: Int64, now: Int64) -> Due? {
    guard let first = timetable.cron.next(after: start, in: timetable.zone), first <= now else { return nil }
    var due = Due(count: 1, first: first, last: first, lastMissed: first, isMore: false)
    while let next = timetable.cron.next(after: due.last, in: timetable.zone), next <= now {
      if due.count == Self.mostCounted {
        due.isMore = true
        return due
      }
      due.count += 1
      due.lastMissed = due.last
      due.last = next
    }
    return due
  }
}
