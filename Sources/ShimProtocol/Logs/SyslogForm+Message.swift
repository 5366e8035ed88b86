import Glibc

extension SyslogForm {
  /// The message of a line, with the newline that ends each of them.
  ///
  /// - Parameters:
  ///   - isError: It was written to standard error.
  ///   - time: When it was written, in nanoseconds since 1970.
  ///   - pid: Of who sends it.
  public func message(_ text: UnsafeRawBufferPointer, isError: Bool, time: Int64, pid: Int32) -> [UInt8] {
    var seconds = time_t(time / 1_000_000_000)
    var local = tm()
    localtime_r(&seconds, &local)
    let priority = Int(facility) * 8 + (isError ? 3 : 6)
    let header: String =
      switch layout {
      case .local: "<\(priority)>\(local.stamp) \(tag)[\(pid)]: "
      case .rfc3164: "<\(priority)>\(local.stamp) \(hostname) \(tag)[\(pid)]: "
      case .rfc5424: "<\(priority)>1 \(local.rfc3339(microseconds: nil)) \(hostname) \(tag) \(pid) \(tag) - "
      case .rfc5424micro:
        "<\(priority)>1 \(local.rfc3339(microseconds: Int(time % 1_000_000_000) / 1000)) \(hostname) \(tag) \(pid) \(tag) - "
      }
    var message: [UInt8] = []
    message.reserveCapacity(header.utf8.count + text.count + 1)
    message.append(contentsOf: header.utf8)
    message.append(contentsOf: text)
    if message.last != 0x0A { message.append(0x0A) }
    return message
  }
}

extension tm {
  private static let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]

  /// `Nov  3 07:04:05`.
  fileprivate var stamp: String {
    let month = Self.months.indices.contains(Int(tm_mon)) ? Self.months[Int(tm_mon)] : ""
    return "\(month) \(tm_mday < 10 ? " " : "")\(tm_mday) \(clock)"
  }

  private var clock: String { "\(two(tm_hour)):\(two(tm_min)):\(two(tm_sec))" }

  /// `2026-11-03T07:04:05+01:00`, in UTC with a Z.
  fileprivate func rfc3339(microseconds: Int?) -> String {
    let digits = microseconds.map { value in "." + String(repeating: "0", count: max(0, 6 - String(value).count)) + String(value) } ?? ""
    let minutes = tm_gmtoff / 60
    let zone = minutes == 0 ? "Z" : "\(minutes < 0 ? "-" : "+")\(two(Int32(abs(minutes) / 60))):\(two(Int32(abs(minutes) % 60)))"
    return "\(1900 + Int(tm_year))-\(two(tm_mon + 1))-\(two(tm_mday))T\(clock)\(digits)\(zone)"
  }

  private func two(_ value: Int32) -> String { (value < 10 ? "0" : "") + String(value) }
}
