import Cgroups

/// What a container uses, in the shape of runc's `events` (runc `types/events.go`); what the machine does not tell is left out.
struct Statistics: Encodable {
  struct CPU: Encodable {
    struct Usage: Encodable {
      var total: Int64?
      var percpu: [Int64]?
      var kernel: Int64
      var user: Int64
    }
    struct Throttling: Encodable {
      var periods: Int64?
      var throttledPeriods: Int64?
      var throttledTime: Int64?
    }
    var usage: Usage
    var throttling: Throttling
  }
  struct Memory: Encodable {
    struct Usage: Encodable {
      var limit: UInt64
      var usage: Int64?
      var max: Int64?
      var failcnt: Int64
    }
    var cache: Int64?
    var usage: Usage
    var swap: Usage?
    var raw: [String: Int64]
  }
  struct Pids: Encodable {
    var current: Int64?
    var limit: Int64?
  }
  var cpu: CPU
  var memory: Memory
  var pids: Pids

  /// Nanoseconds and bytes.
  init(_ group: PlacedCgroup) {
    // Version 1 counts nanoseconds and, in cpuacct.stat, ticks of 10 ms; version 2 microseconds.
    let isUnified = group.version == .v2
    func time(_ word: String) -> Int64 {
      isUnified ? (group.number("cpu.stat", word + "_usec") ?? 0) * 1000 : (group.number("cpuacct.stat", word) ?? 0) * 10_000_000
    }
    cpu = CPU(
      usage: .init(
        total: group.number("cpuacct.usage") ?? group.number("cpu.stat", "usage_usec").map { $0 * 1000 },
        percpu: group.text("cpuacct.usage_percpu").map { $0.split(separator: " ").compactMap { Int64($0) } }, kernel: time("system"),
        user: time("user")),
      throttling: .init(
        periods: group.number("cpu.stat", "nr_periods"), throttledPeriods: group.number("cpu.stat", "nr_throttled"),
        throttledTime: group.number("cpu.stat", "throttled_time") ?? group.number("cpu.stat", "throttled_usec").map { $0 * 1000 }))
    var raw: [String: Int64] = [:]
    for line in (group.text("memory.stat") ?? "").split(separator: "\n") {
      let parts = line.split(separator: " ")
      if parts.count == 2, let value = Int64(parts[1]) { raw[String(parts[0])] = value }
    }
    func usage(_ limit: String, _ now: String, _ most: String, _ failures: String) -> Memory.Usage {
      .init(
        limit: group.number(limit).map { UInt64($0) } ?? .max, usage: group.number(now), max: group.number(most),
        failcnt: group.number(failures) ?? 0)
    }
    memory =
      isUnified
      ? Memory(
        cache: raw["file"], usage: usage("memory.max", "memory.current", "memory.peak", ""),
        swap: group.text("memory.swap.current") == nil ? nil : usage("memory.swap.max", "memory.swap.current", "memory.swap.peak", ""),
        raw: raw)
      : Memory(
        cache: raw["cache"],
        usage: usage("memory.limit_in_bytes", "memory.usage_in_bytes", "memory.max_usage_in_bytes", "memory.failcnt"),
        swap: group.text("memory.memsw.usage_in_bytes") == nil
          ? nil
          : usage("memory.memsw.limit_in_bytes", "memory.memsw.usage_in_bytes", "memory.memsw.max_usage_in_bytes", "memory.memsw.failcnt"),
        raw: raw)
    pids = Pids(current: group.number("pids.current"), limit: group.number("pids.max"))
  }
}
