/// When a job is due, as crontabs write it (`crontab(5)`): minute, hour, day of the month, month, day of the week.
///
/// Each field is `*` or a list of numbers and ranges, with steps (`*/10`, `8-18/2`, `5/15` from 5 on); months and days of the week have names too.
/// 0 and 7 are Sunday. When neither day field begins with `*`, a day that either of them means is one. `@hourly`, `@daily`, `@weekly`, `@monthly`,
/// `@yearly` and their second names `@midnight` and `@annually` stand for what they say.
///
/// Where clocks are changed, times of fixed hours are met once: those that do not exist at the moment after the gap (once, however many there
/// are), those that exist twice the first time. A schedule of every hour goes by the time that passes: it neither bunches nor pauses.
public struct CronSchedule: Sendable, Equatable {
  /// What is wrong with an expression, in words that stand after it.
  public struct Problem: Error, Sendable, Equatable, CustomStringConvertible {
    public var description: String
  }

  /// As it was written.
  public let text: String
  /// A bit for each that is meant.
  private let minutes: UInt64
  private let hours: UInt64
  private let days: UInt64
  private let months: UInt64
  private let weekdays: UInt64
  /// Neither day field begins with `*`.
  private let eitherDay: Bool

  /// Years within which a date that exists comes: 29 February on a given weekday is at most 40 years away.
  private static let horizon: Int64 = 41 * 366

  public init(_ text: String) throws(Problem) {
    self.text = text
    let fields: [Substring]
    if text.hasPrefix("@") {
      guard let meant = Self.shorthands[text.lowercased()] else {
        throw Problem(description: "is not a schedule: there are @hourly, @daily, @weekly, @monthly and @yearly")
      }
      fields = meant.split(separator: " ")
    } else {
      fields = text.split { $0 == " " || $0 == "\t" }
    }
    guard fields.count == 5 else {
      throw Problem(description: "is not a schedule: it has \(fields.count) field\(fields.count == 1 ? "" : "s") instead of five")
    }
    minutes = try Self.set(fields[0], Field(name: "minute", range: 0...59))
    hours = try Self.set(fields[1], Field(name: "hour", range: 0...23))
    days = try Self.set(fields[2], Field(name: "day of the month", range: 1...31))
    months = try Self.set(fields[3], Field(name: "month", range: 1...12, names: Self.monthNames))
    let written = try Self.set(fields[4], Field(name: "day of the week", range: 0...7, names: Self.dayNames))
    weekdays = written & 0x7F | (written >> 7 & 1)
    eitherDay = !fields[2].hasPrefix("*") && !fields[4].hasPrefix("*")
    guard comes else { throw Problem(description: "never comes: there is no such day") }
  }

  // MARK: Reading

  private struct Field {
    var name: String
    var range: ClosedRange<Int>
    var names: [String] = []

    /// A number or a name.
    func value(_ text: Substring) -> Int? {
      if let index = names.firstIndex(of: text.lowercased()) { return index + range.lowerBound }
      guard (1...2).contains(text.utf8.count), text.utf8.allSatisfy({ (48...57).contains($0) }), let number = Int(text) else { return nil }
      return range.contains(number) ? number : nil
    }
  }

  private static let monthNames = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]
  private static let dayNames = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"]
  private static let shorthands = [
    "@hourly": "0 * * * *", "@daily": "0 0 * * *", "@midnight": "0 0 * * *", "@weekly": "0 0 * * 0", "@monthly": "0 0 1 * *",
    "@yearly": "0 0 1 1 *", "@annually": "0 0 1 1 *",
  ]

  private static func set(_ text: Substring, _ field: Field) throws(Problem) -> UInt64 {
    var set: UInt64 = 0
    for item in text.split(separator: ",", omittingEmptySubsequences: false) { set |= try items(item, field) }
    return set
  }

  /// `*`, `5`, `mon`, `1-5`, each with `/STEP`.
  private static func items(_ item: Substring, _ field: Field) throws(Problem) -> UInt64 {
    func wrong(_ why: String) -> Problem { Problem(description: "is not a schedule: \(field.name) \"\(item)\" \(why)") }
    let bounds = "is not between \(field.range.lowerBound) and \(field.range.upperBound)"
    let parts = item.split(separator: "/", omittingEmptySubsequences: false)
    guard (1...2).contains(parts.count) else { throw wrong("has more than one step") }
    var step = 1
    if parts.count == 2 {
      guard parts[1].utf8.count <= 2, parts[1].utf8.allSatisfy({ (48...57).contains($0) }), let number = Int(parts[1]), number > 0 else {
        throw wrong("has a step that is not a number from 1 to 99")
      }
      step = number
    }
    var range = field.range
    if parts[0] == "*" {
      // Sunday is there twice.
      if field.range.upperBound == 7 { range = 0...6 }
    } else {
      let ends = parts[0].split(separator: "-", omittingEmptySubsequences: false)
      guard (1...2).contains(ends.count) else { throw wrong("is not a range") }
      guard let first = field.value(ends[0]), var last = field.value(ends[ends.count - 1]) else { throw wrong(bounds) }
      // A week that ends on Sunday: fri-sun.
      if ends.count == 2, field.range.upperBound == 7, last == 0, first > 0 { last = 7 }
      if ends.count == 1, parts.count == 2 { last = field.range.upperBound == 7 ? max(first, 6) : field.range.upperBound }
      guard first <= last else { throw wrong("ends before it begins") }
      range = first...last
    }
    return stride(from: range.lowerBound, through: range.upperBound, by: step).reduce(0) { $0 | 1 << UInt64($1) }
  }

  // MARK: When

  /// Whether there is a day that is meant: 31 February is none.
  private var comes: Bool {
    if eitherDay || days & 0x1FFF_FFFE != 0 { return true }
    // Only the 29th and later: some month that is meant must have it.
    let longest: [Int] = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
    return (1...12).contains { month in
      months >> UInt64(month) & 1 == 1 && (29...31).contains { $0 <= longest[month - 1] && days >> UInt64($0) & 1 == 1 }
    }
  }

  /// The first moment after another at which it is due, both in seconds since 1970; nil when there is none that can be told.
  public func next(after moment: Int64, in zone: ZoneRules = .utc) -> Int64? {
    // Beyond that calendars are not worked out: 1900 to 9999.
    guard (-2_208_988_800...253_370_764_800).contains(moment) else { return nil }
    return hours == 0xFF_FFFF ? nextOfEveryHour(after: moment, in: zone) : nextOfFixedHours(after: moment, in: zone)
  }

  /// Walks along the clock on the wall; each of its times is one moment.
  private func nextOfFixedHours(after moment: Int64, in zone: ZoneRules) -> Int64? {
    let local = moment + zone.offset(at: moment)
    let firstDay = floorDivide(local, by: 86_400)
    for day in firstDay...(firstDay + Self.horizon) where isMeant(day: day) {
      for hour in Int64(0)...23 where hours >> UInt64(hour) & 1 == 1 {
        for minute in Int64(0)...59 where minutes >> UInt64(minute) & 1 == 1 {
          let time = day * 86_400 + hour * 3_600 + minute * 60
          guard time + 60 > local else { continue }
          let found = zone.moment(ofLocal: time)
          if found > moment { return found }
        }
      }
    }
    return nil
  }

  /// Walks along the time that passes, minute by minute of the clock.
  private func nextOfEveryHour(after moment: Int64, in zone: ZoneRules) -> Int64? {
    var at = moment + 1
    let end = moment + Self.horizon * 86_400
    while at <= end {
      let local = at + zone.offset(at: at)
      let second = local - floorDivide(local, by: 60) * 60
      if second != 0 {
        at += 60 - second
        continue
      }
      let day = floorDivide(local, by: 86_400)
      guard isMeant(day: day) else {
        // The next midnight; where that does not exist or comes twice, never back.
        at = max(at + 60, zone.moment(ofLocal: (day + 1) * 86_400))
        continue
      }
      let minute = floorDivide(local, by: 60) - floorDivide(local, by: 3_600) * 60
      if minutes >> UInt64(minute) & 1 == 1 { return at }
      at += 60
    }
    return nil
  }

  private func isMeant(day: Int64) -> Bool {
    let (_, month, dayOfMonth) = Timestamp.civil(day)
    guard months >> UInt64(month) & 1 == 1 else { return false }
    // 1970 began on a Thursday.
    let weekday = (day + 4) - floorDivide(day + 4, by: 7) * 7
    let isDay = days >> UInt64(dayOfMonth) & 1 == 1
    let isWeekday = weekdays >> UInt64(weekday) & 1 == 1
    return eitherDay ? isDay || isWeekday : isDay && isWeekday
  }
}

/// The quotient, towards minus infinity.
func floorDivide(_ value: Int64, by divisor: Int64) -> Int64 {
  let quotient = value / divisor
  return value % divisor < 0 ? quotient - 1 : quotient
}
