import Glibc
import LinuxKit

/// A process as `ps -ef` lists it.
struct ProcessRow {
  static let titles = ["UID", "PID", "PPID", "C", "STIME", "TTY", "TIME", "CMD"]
  let pid: Int32
  let words: [String]

  /// Those that are still there, by number.
  static func all(of pids: Set<Int32>) -> [ProcessRow] {
    let names = userNames()
    let bootedAt = bootTime()
    return pids.sorted().compactMap { ProcessRow($0, names: names, bootedAt: bootedAt) }
  }

  private init?(_ pid: Int32, names: [String: String], bootedAt: Int64) {
    guard let stat = try? text("/proc/\(pid)/stat", 4096), let status = try? text("/proc/\(pid)/status", 16384),
      let (name, fields) = Self.parts(of: stat), fields.count > 20
    else { return nil }
    let uid = status.split(separator: "\n").first { $0.hasPrefix("Uid:") }?.split(whereSeparator: { $0 == "\t" || $0 == " " }).dropFirst(2)
      .first
    let ticks = (Int64(fields[11]) ?? 0) + (Int64(fields[12]) ?? 0)
    let seconds = ticks / 100
    let startedAt = bootedAt + (Int64(fields[19]) ?? 0) / 100
    let age = max(WallClock.nanoseconds() / 1_000_000_000 - startedAt, 1)
    let arguments = ((try? RegularFile.read("/proc/\(pid)/cmdline", limit: 1 << 16)) ?? []).split(separator: 0)
      .map { String(decoding: $0, as: UTF8.self) }.joined(separator: " ")
    let command = arguments.isEmpty ? "[\(name)]" : arguments
    func two(_ number: Int64) -> String { number < 10 ? "0\(number)" : "\(number)" }
    self.pid = pid
    words = [
      uid.map { names[String($0)] ?? String($0) } ?? "?", "\(pid)", fields[1], "\(min(seconds * 100 / age, 99))", Self.clock(startedAt),
      Self.terminal(Int64(fields[4]) ?? 0), "\(two(seconds / 3600)):\(two(seconds / 60 % 60)):\(two(seconds % 60))", command,
    ]
  }

  /// The name, and the fields of proc_pid_stat(5) from the third on, the state. By bytes: a program gives itself any name, also one whose
  /// accents make one character with the bracket beside it.
  static func parts(of stat: String) -> (name: Substring, fields: [String])? {
    let bytes = stat.utf8
    guard let open = bytes.firstIndex(of: UInt8(ascii: "(")), let close = bytes.lastIndex(of: UInt8(ascii: ")")), open < close else {
      return nil
    }
    let rest = stat[bytes.index(after: close)...]
    return (stat[bytes.index(after: open)..<close], rest.split(separator: " ").map(String.init))
  }

  /// `HH:MM` of today, `Nov29` of another day.
  private static func clock(_ seconds: Int64) -> String {
    func parts(_ seconds: Int64) -> tm {
      var (seconds, parts) = (time_t(seconds), tm())
      localtime_r(&seconds, &parts)
      return parts
    }
    let (then, now) = (parts(seconds), parts(WallClock.nanoseconds() / 1_000_000_000))
    func two(_ number: Int32) -> String { number < 10 ? "0\(number)" : "\(number)" }
    if then.tm_yday == now.tm_yday, then.tm_year == now.tm_year { return two(then.tm_hour) + ":" + two(then.tm_min) }
    let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
    return months[Int(then.tm_mon) % 12] + two(then.tm_mday)
  }

  private static func terminal(_ number: Int64) -> String {
    let (major, minor) = (number >> 8 & 0xFFF, number & 0xFF | number >> 12 & 0xFFF00)
    switch major {
    case 136...143: return "pts/\((major - 136) * 256 + minor)"
    case 4: return "tty\(minor)"
    default: return "?"
    }
  }
}

private func text(_ path: String, _ limit: Int) throws -> String {
  String(decoding: try RegularFile.read(path, limit: limit), as: UTF8.self)
}

/// Of the machine's /etc/passwd, by number.
private func userNames() -> [String: String] {
  var names: [String: String] = [:]
  for line in ((try? text("/etc/passwd", 1 << 20)) ?? "").split(separator: "\n") {
    let fields = line.split(separator: ":", omittingEmptySubsequences: false).map(String.init)
    if fields.count > 3, names[fields[2]] == nil { names[fields[2]] = fields[0] }
  }
  return names
}

/// Seconds since 1970.
private func bootTime() -> Int64 {
  let lines = ((try? text("/proc/stat", 1 << 20)) ?? "").split(separator: "\n")
  return lines.first { $0.hasPrefix("btime ") }.flatMap { Int64($0.dropFirst(6)) } ?? 0
}
