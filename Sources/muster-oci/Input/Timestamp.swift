import Glibc

/// A moment as RFC 3339 has it.
enum Timestamp {
  /// `2026-01-02T03:04:05Z`, or with nine digits of a second. Nanoseconds since 1970.
  static func text(_ nanoseconds: Int64, fraction: Bool = true) -> String {
    var seconds = time_t(nanoseconds / 1_000_000_000)
    var parts = tm()
    gmtime_r(&seconds, &parts)
    func digits(_ number: Int32, _ count: Int = 2) -> String {
      let text = String(number)
      return String(repeating: "0", count: max(0, count - text.count)) + text
    }
    let day = digits(parts.tm_year + 1900, 4) + "-" + digits(parts.tm_mon + 1) + "-" + digits(parts.tm_mday)
    let time = digits(parts.tm_hour) + ":" + digits(parts.tm_min) + ":" + digits(parts.tm_sec)
    return day + "T" + time + (fraction ? "." + digits(Int32(nanoseconds % 1_000_000_000), 9) : "") + "Z"
  }
}
