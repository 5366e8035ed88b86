import StackModel
import Testing

/// Cron expressions: what they mean, across the changes of clocks too.
@Suite struct CronScheduleTests {
  /// The next times after one, to the minute.
  private func times(_ cron: String, after start: String, _ zone: ZoneRules = .utc, count: Int = 3) throws -> [String] {
    let schedule = try CronSchedule(cron)
    var at = try #require(Timestamp.nanoseconds(start)) / 1_000_000_000
    var found: [String] = []
    while found.count < count, let next = schedule.next(after: at, in: zone) {
      #expect(next > at)
      at = next
      found.append(String(Timestamp.text(next * 1_000_000_000).prefix(16)))
    }
    return found
  }

  @Test(arguments: [
    ("* * * * *", ["2026-01-01T00:01", "2026-01-01T00:02", "2026-01-01T00:03"]),
    ("*/15 * * * *", ["2026-01-01T00:15", "2026-01-01T00:30", "2026-01-01T00:45"]),
    ("7 * * * *", ["2026-01-01T00:07", "2026-01-01T01:07", "2026-01-01T02:07"]),
    ("5/20 * * * *", ["2026-01-01T00:05", "2026-01-01T00:25", "2026-01-01T00:45"]),
    ("0 3 * * *", ["2026-01-01T03:00", "2026-01-02T03:00", "2026-01-03T03:00"]),
    ("30 3 * * 1-5", ["2026-01-01T03:30", "2026-01-02T03:30", "2026-01-05T03:30"]),
    ("0 9-17/4 * * *", ["2026-01-01T09:00", "2026-01-01T13:00", "2026-01-01T17:00"]),
    ("0,30 8,20 * * *", ["2026-01-01T08:00", "2026-01-01T08:30", "2026-01-01T20:00"]),
    ("10-12 0 * * *", ["2026-01-01T00:10", "2026-01-01T00:11", "2026-01-01T00:12"]),
    ("0 0 1,15 * *", ["2026-01-15T00:00", "2026-02-01T00:00", "2026-02-15T00:00"]),
    ("0 0 31 * *", ["2026-01-31T00:00", "2026-03-31T00:00", "2026-05-31T00:00"]),
    ("0 0 29 2 *", ["2028-02-29T00:00", "2032-02-29T00:00", "2036-02-29T00:00"]),
    ("0 0 1 jan-mar *", ["2026-02-01T00:00", "2026-03-01T00:00", "2027-01-01T00:00"]),
    ("0 0 1 JUN,dec *", ["2026-06-01T00:00", "2026-12-01T00:00", "2027-06-01T00:00"]),
    // Sunday has two numbers.
    ("0 0 * * 0", ["2026-01-04T00:00", "2026-01-11T00:00", "2026-01-18T00:00"]),
    ("0 0 * * 7", ["2026-01-04T00:00", "2026-01-11T00:00", "2026-01-18T00:00"]),
    ("0 0 * * sun", ["2026-01-04T00:00", "2026-01-11T00:00", "2026-01-18T00:00"]),
    ("0 0 * * fri-sun", ["2026-01-02T00:00", "2026-01-03T00:00", "2026-01-04T00:00"]),
    ("0 0 * * 5-7", ["2026-01-02T00:00", "2026-01-03T00:00", "2026-01-04T00:00"]),
    ("0 0 * * 6,7", ["2026-01-03T00:00", "2026-01-04T00:00", "2026-01-10T00:00"]),
    ("0 0 * * */2", ["2026-01-03T00:00", "2026-01-04T00:00", "2026-01-06T00:00"]),
    // Either of two day fields, unless one begins with a star.
    ("0 0 13 * 5", ["2026-01-02T00:00", "2026-01-09T00:00", "2026-01-13T00:00"]),
    ("0 0 13 * *", ["2026-01-13T00:00", "2026-02-13T00:00", "2026-03-13T00:00"]),
    ("0 0 */10 * mon", ["2026-05-11T00:00", "2026-06-01T00:00", "2026-08-31T00:00"]),
    ("0 0 30 2 5", ["2026-02-06T00:00", "2026-02-13T00:00", "2026-02-20T00:00"]),
    ("@hourly", ["2026-01-01T01:00", "2026-01-01T02:00", "2026-01-01T03:00"]),
    ("@daily", ["2026-01-02T00:00", "2026-01-03T00:00", "2026-01-04T00:00"]),
    ("@midnight", ["2026-01-02T00:00", "2026-01-03T00:00", "2026-01-04T00:00"]),
    ("@weekly", ["2026-01-04T00:00", "2026-01-11T00:00", "2026-01-18T00:00"]),
    ("@monthly", ["2026-02-01T00:00", "2026-03-01T00:00", "2026-04-01T00:00"]),
    ("@yearly", ["2027-01-01T00:00", "2028-01-01T00:00", "2029-01-01T00:00"]),
    ("@Annually", ["2027-01-01T00:00", "2028-01-01T00:00", "2029-01-01T00:00"]),
    ("  0   4 *\t* * ", ["2026-01-01T04:00", "2026-01-02T04:00", "2026-01-03T04:00"]),
  ])
  func meaning(_ cron: String, _ expected: [String]) throws {
    #expect(try times(cron, after: "2026-01-01T00:00:00Z") == expected)
  }

  @Test(arguments: [
    ("", "is not a schedule: it has 0 fields instead of five"), ("* * * *", "is not a schedule: it has 4 fields instead of five"),
    ("* * * * * *", "is not a schedule: it has 6 fields instead of five"), ("60 * * * *", "minute \"60\" is not between 0 and 59"),
    ("* 24 * * *", "hour \"24\" is not between 0 and 23"), ("* * 0 * *", "day of the month \"0\" is not between 1 and 31"),
    ("* * 32 * *", "day of the month \"32\" is not between 1 and 31"), ("* * * 13 *", "month \"13\" is not between 1 and 12"),
    ("* * * foo *", "month \"foo\" is not between 1 and 12"), ("* * * * 8", "day of the week \"8\" is not between 0 and 7"),
    ("* * jan * *", "day of the month \"jan\""), ("5-1 * * * *", "minute \"5-1\" ends before it begins"),
    ("*/0 * * * *", "minute \"*/0\" has a step that is not a number"), ("*/100 * * * *", "has a step that is not a number"),
    ("*/1/2 * * * *", "has more than one step"), ("1-2-3 * * * *", "is not a range"), ("1,,2 * * * *", "minute \"\""),
    ("-1 * * * *", "minute \"-1\""), ("1- * * * *", "minute \"1-\""), ("a * * * *", "minute \"a\""), ("٣ * * * *", "minute \"٣\""),
    ("99999999999999999999 * * * *", "minute \"99999999999999999999\""), ("@never", "there are @hourly, @daily"),
    ("@", "there are @hourly, @daily"), ("? * * * *", "minute \"?\""), ("0 0 31 2 *", "never comes: there is no such day"),
    ("0 0 30 2 *", "never comes"), ("0 0 31 4,6,9,11 *", "never comes"),
  ])
  func mistakes(_ cron: String, _ problem: String) {
    let found = #expect(throws: CronSchedule.Problem.self) { try CronSchedule(cron) }
    #expect(found?.description.contains(problem) == true, "\(found?.description ?? "none")")
  }

  /// Clocks go forward at 01:00 UTC on 2026-03-29 in Berlin, at 07:00 on 2026-03-08 in New York, and back at 01:00 on 2026-10-25 and 06:00 on 2026-11-01.
  @Test(arguments: [
    ("30 2 * * *", "2026-03-28T12:00:00Z", ["2026-03-29T01:00", "2026-03-30T00:30"]),
    // Several times in the gap are met once.
    ("0,30 2 * * *", "2026-03-28T12:00:00Z", ["2026-03-29T01:00", "2026-03-30T00:00"]),
    ("*/10 2,3 * * *", "2026-03-28T12:00:00Z", ["2026-03-29T01:00", "2026-03-29T01:10"]),
    ("0 3 * * *", "2026-03-28T12:00:00Z", ["2026-03-29T01:00", "2026-03-30T01:00"]),
    ("30 2 * * *", "2026-10-24T12:00:00Z", ["2026-10-25T00:30", "2026-10-26T01:30"]),
    ("30 2 * * *", "2026-10-25T00:59:00Z", ["2026-10-26T01:30"]),
    ("0 2-4 * * *", "2026-10-24T12:00:00Z", ["2026-10-25T00:00", "2026-10-25T02:00", "2026-10-25T03:00"]),
    // Every hour is every hour.
    ("*/30 * * * *", "2026-10-24T23:45:00Z", ["2026-10-25T00:00", "2026-10-25T00:30", "2026-10-25T01:00", "2026-10-25T01:30"]),
    ("*/30 * * * *", "2026-03-29T00:15:00Z", ["2026-03-29T00:30", "2026-03-29T01:00", "2026-03-29T01:30"]),
    ("15 * * * *", "2026-03-29T00:00:00Z", ["2026-03-29T00:15", "2026-03-29T01:15"]),
    ("@daily", "2026-03-28T12:00:00Z", ["2026-03-28T23:00", "2026-03-29T22:00"]),
  ])
  func inBerlin(_ cron: String, _ start: String, _ expected: [String]) throws {
    let berlin = try #require(ZoneFile.rules("CET-1CEST,M3.5.0,M10.5.0/3"))
    #expect(try times(cron, after: start, berlin, count: expected.count) == expected)
  }

  @Test(arguments: [
    ("EST5EDT,M3.2.0,M11.1.0", "30 2 * * *", "2026-03-07T12:00:00Z", ["2026-03-08T07:00", "2026-03-09T06:30"]),
    ("EST5EDT,M3.2.0,M11.1.0", "30 1 * * *", "2026-10-31T12:00:00Z", ["2026-11-01T05:30", "2026-11-02T06:30"]),
    // Half an hour, in the southern summer.
    (
      "<+1030>-10:30<+11>-11,M10.1.0,M4.1.0", "15 2 * * *", "2026-10-02T12:00:00Z",
      ["2026-10-02T15:45", "2026-10-03T15:30", "2026-10-04T15:15"]
    ),
    // Winter time is the one that is saved.
    ("IST-1GMT0,M10.5.0,M3.5.0/1", "30 1 * * *", "2026-03-28T12:00:00Z", ["2026-03-29T01:00", "2026-03-30T00:30"]),
    ("IST-5:30", "0 0 * * *", "2026-03-28T12:00:00Z", ["2026-03-28T18:30", "2026-03-29T18:30"]),
    // Days by their number; hours beyond the day.
    (
      "<-02>2<-01>,M3.5.0/-1,M10.5.0/0", "30 23 * * *", "2026-03-28T00:00:00Z",
      ["2026-03-28T01:30", "2026-03-29T01:00", "2026-03-30T00:30"]
    ),
    ("AAA0BBB,J60/0,J300/0", "30 0 * * *", "2028-02-29T12:00:00Z", ["2028-03-01T00:00", "2028-03-01T23:30"]),
  ])
  func elsewhere(_ rule: String, _ cron: String, _ start: String, _ expected: [String]) throws {
    let zone = try #require(ZoneFile.rules(rule))
    #expect(try times(cron, after: start, zone, count: expected.count) == expected)
  }

  /// A day that was left out altogether, as Samoa's 30 December 2011.
  @Test func aDayThatWasLeftOut() throws {
    let change = try #require(Timestamp.nanoseconds("2011-12-30T10:00:00Z")) / 1_000_000_000
    let zone = try #require(ZoneRules(file: ZoneFile(changes: [(change, 50_400)], first: -36_000, rule: "<+14>-14").bytes))
    #expect(try times("0 12 30 12 *", after: "2011-12-01T12:00:00Z", zone, count: 2) == ["2011-12-30T10:00", "2012-12-29T22:00"])
    #expect(
      try times("0 12 * * *", after: "2011-12-29T12:00:00Z", zone, count: 3) == [
        "2011-12-29T22:00", "2011-12-30T10:00", "2011-12-30T22:00",
      ])
  }

  @Test func farAwayIsNoTrap() throws {
    let schedule = try CronSchedule("0 0 * * *")
    for moment in [Int64.min, -1 << 60, 1 << 60, .max] { #expect(schedule.next(after: moment) == nil) }
  }

  @Test func whatIsNoZonesFile() {
    let whole = ZoneFile(changes: [(0, 3600), (10, 7200)], rule: "CET-1CEST,M3.5.0,M10.5.0/3").bytes
    #expect(ZoneRules(file: whole) != nil)
    // Cut anywhere it is none, and harms nobody.
    for count in 0..<whole.count { #expect(ZoneRules(file: Array(whole.prefix(count))) == nil, "\(count) bytes") }
    for at in whole.indices {
      var bytes = whole
      bytes[at] ^= 0xFF
      if let zone = ZoneRules(file: bytes) { _ = zone.moment(ofLocal: zone.offset(at: 5)) }
    }
    for rule in [
      "CET", "CET-1CEST,M13.5.0,M10.5.0", "CET-1CEST", "CET-1CEST,M3.5.0", "C-1", "CET-1CEST,M3.5.0,M10.5.0/999", "<+1-1", "CET-99",
    ] {
      #expect(ZoneFile.rules(rule) == nil, "\(rule)")
    }
  }

  @Test(arguments: [
    ("Europe/Berlin", true), ("UTC", true), ("Etc/GMT+5", true), ("America/Argentina/Buenos_Aires", true), ("", false),
    ("/etc/passwd", false),
    ("../../etc/passwd", false), ("Europe/../x", false), ("Europe//Berlin", false), ("Europe/", false), ("a b", false), ("Zürich", false),
    ("a\0b", false),
  ])
  func namesOfZones(_ name: String, _ isOne: Bool) { #expect((ZoneRules.path(of: name) != nil) == isOne) }
}
