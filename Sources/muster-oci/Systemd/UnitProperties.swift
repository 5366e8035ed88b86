import Cgroups
import LinuxKit
import Systemd

/// Limits in systemd's words: what systemd does not know of a unit it may set back.
func unitProperties(_ limits: ResourceLimits) throws -> [UnitProperty] {
  var properties: [UnitProperty] = []
  func number(_ name: String, _ value: UInt64) { properties.append(UnitProperty(name, .number(value))) }
  /// Not positive: without limit.
  func size(_ value: Int64) -> UInt64 { value > 0 ? UInt64(value) : .max }
  if let bytes = limits.memory { number("MemoryMax", size(bytes)) }
  if let bytes = limits.memoryReservation { number("MemoryLow", size(bytes)) }
  if let total = limits.memoryAndSwap {
    // Swap alone here.
    number("MemorySwapMax", total < 0 ? .max : UInt64(max(total - max(limits.memory ?? 0, 0), 0)))
  }
  if let shares = limits.cpuShares { number("CPUWeight", cpuWeight(shares: shares)) }
  if limits.cpuQuota != nil || limits.cpuPeriod != nil {
    let period = max(limits.cpuPeriod ?? 100_000, 1)
    number("CPUQuotaPeriodUSec", period)
    if let quota = limits.cpuQuota, quota > 0 {
      // Of each second, and not less than was asked for: systemd counts in whole hundredths of a processor.
      let (product, isTooMuch) = UInt64(quota).multipliedReportingOverflow(by: 1_000_000)
      let share = product / period
      number("CPUQuotaPerSecUSec", isTooMuch ? .max : share % 10_000 == 0 ? share : (share / 10_000 + 1) * 10_000)
    } else {
      number("CPUQuotaPerSecUSec", .max)
    }
  }
  if let count = limits.pids { number("TasksMax", size(count)) }
  if let list = limits.cpus { properties.append(UnitProperty("AllowedCPUs", .bytes(try bits(list, "cpus")))) }
  if let list = limits.memoryNodes { properties.append(UnitProperty("AllowedMemoryNodes", .bytes(try bits(list, "mems")))) }
  return properties
}

/// `0-2,7` as one bit each, the lowest first.
private func bits(_ list: String, _ key: String) throws -> [UInt8] {
  var bytes: [UInt8] = []
  for part in list.split(separator: ",") {
    let ends = part.split(separator: "-", maxSplits: 1).map { Int($0.filter { !$0.isWhitespace }) }
    guard let first = ends.first ?? nil, let last = ends.last ?? nil, first <= last, (0..<65_536).contains(first), last < 65_536 else {
      throw Failure("linux.resources.cpu.\(key): \(list) is not a list of numbers")
    }
    for number in first...last {
      while bytes.count <= number / 8 { bytes.append(0) }
      bytes[number / 8] |= 1 << (number % 8)
    }
  }
  return bytes
}

/// `org.systemd.property.NAME` annotations. Whoever makes a container may not be who owns the machine, and annotations come also from images:
/// only what decides how the unit's processes end is honoured, anything else refused by its name (CVE-2024-3154).
func unitProperties(_ annotations: [String: String]) throws -> [UnitProperty] {
  let prefix = "org.systemd.property."
  return try annotations.filter { $0.key.hasPrefix(prefix) }.sorted { $0.key < $1.key }.map { key, written in
    func refused() -> Failure { Failure("annotations: \(key): \(written) is not a value of it") }
    switch key.dropFirst(prefix.count) {
    case "TimeoutStopUSec":
      guard let value = UInt64(number(written, "uint64")) else { throw refused() }
      return UnitProperty("TimeoutStopUSec", .number(value))
    case "TimeoutStopSec":
      guard let value = UInt64(number(written, "uint64")), value <= .max / 1_000_000 else { throw refused() }
      return UnitProperty("TimeoutStopUSec", .number(value * 1_000_000))
    case "KillSignal":
      guard let value = Int32(number(written, "int32")), (1...64).contains(value) else { throw refused() }
      return UnitProperty("KillSignal", .signed(value))
    case "CollectMode":
      guard let mode = ["inactive", "inactive-or-failed"].first(where: { ["'\($0)'", "\"\($0)\""].contains(written) }) else {
        throw refused()
      }
      return UnitProperty("CollectMode", .text(mode))
    default:
      throw Failure(
        "annotations: \(key) is not honoured; there are CollectMode, KillSignal, TimeoutStopSec and TimeoutStopUSec below \(prefix)")
    }
  }
}

/// The digits of GVariant's text form, whose type may stand before them: `uint64 10`.
private func number(_ text: String, _ type: String) -> String {
  text.hasPrefix(type + " ") ? String(text.dropFirst(type.count + 1)) : text
}
