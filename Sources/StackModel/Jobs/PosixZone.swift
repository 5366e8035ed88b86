/// The rule at the end of a zone's file, for all times after its table: `CET-1CEST,M3.5.0,M10.5.0/3` (POSIX, "TZ"; RFC 9636, 3.3).
struct PosixZone: Sendable, Equatable {
  /// A day of the year and a time of it, by the clock that is in force until then.
  struct Change: Sendable, Equatable {
    enum Day: Sendable, Equatable {
      /// 1 to 365; 29 February is never counted.
      case julian(Int64)
      /// 0 to 365.
      case ordinal(Int64)
      /// The `week`th (5: last) of a weekday (0: Sunday) in a month.
      case weekday(month: Int64, week: Int64, day: Int64)
    }
    var day: Day
    /// Seconds after midnight, which may be days away.
    var time: Int64

    /// Seconds since 1970 by the clock of that year.
    func local(in year: Int64) -> Int64 {
      let newYear = Timestamp.daysSince1970(year, 1, 1)
      let isLeap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
      let found: Int64
      switch day {
      case .julian(let number): found = newYear + number - 1 + (isLeap && number >= 60 ? 1 : 0)
      case .ordinal(let number): found = newYear + number
      case .weekday(let month, let week, let weekday):
        let first = Timestamp.daysSince1970(year, month, 1)
        let next = month == 12 ? Timestamp.daysSince1970(year + 1, 1, 1) : Timestamp.daysSince1970(year, month + 1, 1)
        let weekdayOfFirst = (first + 4) - floorDivide(first + 4, by: 7) * 7
        var date = first + (weekday - weekdayOfFirst + 7) % 7 + (week - 1) * 7
        if date >= next { date -= 7 }
        found = date
      }
      return found * 86_400 + time
    }
  }

  /// Seconds east of UTC.
  var standard: Int64
  /// Daylight saving: its offset, its beginning and its end; nil: none.
  var daylight: (offset: Int64, begin: Change, end: Change)?

  static func == (one: PosixZone, other: PosixZone) -> Bool {
    one.standard == other.standard && one.daylight?.offset == other.daylight?.offset && one.daylight?.begin == other.daylight?.begin
      && one.daylight?.end == other.daylight?.end
  }

  /// nil unless the text is such a rule.
  init?(_ text: some Collection<UInt8>) {
    var reader = Reader(rest: Array(text)[...])
    guard reader.skipName(), let west = reader.time(mostHours: 24) else { return nil }
    standard = -west
    guard !reader.rest.isEmpty else { return }
    guard reader.skipName() else { return nil }
    var offset = standard + 3_600
    if reader.rest.first != UInt8(ascii: ",") {
      guard let west = reader.time(mostHours: 24) else { return nil }
      offset = -west
    }
    guard reader.skip(","), let begin = reader.change(), reader.skip(","), let end = reader.change(), reader.rest.isEmpty else {
      return nil
    }
    daylight = (offset, begin, end)
  }

  func offset(at moment: Int64) -> Int64 {
    guard let daylight else { return standard }
    let (year, _, _) = Timestamp.civil(floorDivide(moment + standard, by: 86_400))
    let begin = daylight.begin.local(in: year) - standard
    let end = daylight.end.local(in: year) - daylight.offset
    let isDaylight = begin < end ? (begin..<end).contains(moment) : !(end..<begin).contains(moment)
    return isDaylight ? daylight.offset : standard
  }

  private struct Reader {
    var rest: ArraySlice<UInt8>

    mutating func skip(_ character: Character) -> Bool {
      guard let byte = rest.first, byte == character.asciiValue else { return false }
      rest = rest.dropFirst()
      return true
    }

    /// `CET`, `<+03>`.
    mutating func skipName() -> Bool {
      if skip("<") {
        guard let end = rest.firstIndex(of: UInt8(ascii: ">")) else { return false }
        rest = rest[(end + 1)...]
        return true
      }
      let letters = rest.prefix { (0x41...0x5A).contains($0) || (0x61...0x7A).contains($0) }
      rest = rest.dropFirst(letters.count)
      return letters.count >= 3
    }

    mutating func number(most: Int64) -> Int64? {
      let digits = rest.prefix { (48...57).contains($0) }
      guard (1...3).contains(digits.count) else { return nil }
      rest = rest.dropFirst(digits.count)
      let value = digits.reduce(Int64(0)) { $0 * 10 + Int64($1 - 48) }
      return value <= most ? value : nil
    }

    /// `[+-]H[:MM[:SS]]` in seconds.
    mutating func time(mostHours: Int64) -> Int64? {
      let isNegative = skip("-")
      if !isNegative { _ = skip("+") }
      guard let hours = number(most: mostHours) else { return nil }
      var seconds = hours * 3_600
      for unit in [Int64(60), 1] where skip(":") {
        guard let value = number(most: 59) else { return nil }
        seconds += value * unit
      }
      return isNegative ? -seconds : seconds
    }

    mutating func change() -> Change? {
      let day: Change.Day
      if skip("M") {
        guard let month = number(most: 12), month >= 1, skip("."), let week = number(most: 5), week >= 1, skip("."),
          let weekday = number(most: 6)
        else { return nil }
        day = .weekday(month: month, week: week, day: weekday)
      } else if skip("J") {
        guard let number = number(most: 365), number >= 1 else { return nil }
        day = .julian(number)
      } else {
        guard let number = number(most: 365) else { return nil }
        day = .ordinal(number)
      }
      guard skip("/") else { return Change(day: day, time: 7_200) }
      guard let time = time(mostHours: 167) else { return nil }
      return Change(day: day, time: time)
    }
  }
}
