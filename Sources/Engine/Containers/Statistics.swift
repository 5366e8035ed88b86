public import Backend
import Cgroups
import ContainerRuntime
import LinuxKit
import StackModel

extension LocalBackend {
  public func statistics(of name: String) async throws -> ContainerStatistics {
    let container = try await container(matching: name)
    var found = ContainerStatistics(
      id: container.id.rawValue, name: "/" + container.spec.name, read: Timestamp.text(WallClock.nanoseconds()))
    guard let running = await container.running else { return found }
    let machine = try ProcessorTimes()
    found.cpu_stats.system_cpu_usage = machine.total
    found.cpu_stats.online_cpus = machine.count
    if let cgroup = running.cgroup {
      let usage = cgroup.usage()
      found.cpu_stats.cpu_usage.total_usage = usage.cpu ?? 0
      found.memory_stats.usage = usage.memory ?? 0
      found.pids_stats.current = usage.pids ?? Int64((try? cgroup.processes().count) ?? 0)
      let all = try machineMemory()
      found.memory_stats.limit = min(cgroup.memoryLimit ?? all, all)
      found.blkio_stats.io_service_bytes_recursive = cgroup.blockUsage().flatMap { usage in
        [("read", usage.read), ("write", usage.written)].map { .init(major: usage.major, minor: usage.minor, op: $0.0, value: $0.1) }
      }
    }
    if case .host = container.spec.options.network { return found }
    found.networks = (try? networkCounters(of: running.shim.pid)) ?? [:]
    return found
  }
}

/// What all processors together have spent.
private struct ProcessorTimes {
  /// Nanoseconds, idle ones included.
  var total: Int64 = 0
  var count = 0

  init() throws {
    for line in String(decoding: try RegularFile.read("/proc/stat", limit: 1 << 20), as: UTF8.self).split(separator: "\n") {
      guard line.hasPrefix("cpu") else { continue }
      let words = line.split(separator: " ")
      // Hundredths of a second; time of guests is in that of users.
      if words[0] == "cpu" { total = words.dropFirst().prefix(8).reduce(0) { $0 + (Int64($1) ?? 0) } * 10_000_000 } else { count += 1 }
    }
  }
}

/// Bytes.
private func machineMemory() throws -> Int64 {
  for line in String(decoding: try RegularFile.read("/proc/meminfo", limit: 1 << 16), as: UTF8.self).split(separator: "\n") {
    let words = line.split(separator: " ")
    if words.count >= 2, words[0] == "MemTotal:", let kilobytes = Int64(words[1]) { return kilobytes * 1024 }
  }
  return 0
}

/// Of the interfaces in a process's network namespace but `lo` (`/proc/PID/net/dev`).
private func networkCounters(of pid: Int32) throws -> [String: ContainerStatistics.Network] {
  var found: [String: ContainerStatistics.Network] = [:]
  let table = String(decoding: try RegularFile.read("/proc/\(pid)/net/dev", limit: 1 << 20), as: UTF8.self)
  for line in table.split(separator: "\n").dropFirst(2) {
    guard let colon = line.firstIndex(of: ":") else { continue }
    let name = line[..<colon].drop { $0 == " " }
    let values = line[line.index(after: colon)...].split(separator: " ").map { Int64($0) ?? 0 }
    guard name != "lo", values.count >= 12 else { continue }
    var counters = ContainerStatistics.Network()
    (counters.rx_bytes, counters.rx_packets, counters.rx_errors, counters.rx_dropped) = (values[0], values[1], values[2], values[3])
    (counters.tx_bytes, counters.tx_packets, counters.tx_errors, counters.tx_dropped) = (values[8], values[9], values[10], values[11])
    found[String(name)] = counters
  }
  return found
}
