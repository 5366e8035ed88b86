import Foundation

/// The memory of processes in this network namespace.
enum Memory {
  /// Pids of the processes whose command has one of the names, in the driver's network namespace.
  static func processes(_ names: Set<String>) -> [pid_t] {
    let own = try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/ns/net")
    let entries = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
    return entries.compactMap { pid_t($0) }.filter { pid in
      guard let comm = try? String(contentsOfFile: "/proc/\(pid)/comm", encoding: .utf8) else { return false }
      let name = comm.trimmingCharacters(in: .newlines)
      guard names.contains(where: { $0.prefix(15) == name }) else { return false }
      return (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/\(pid)/ns/net")) == own
    }
  }

  /// Bytes: the proportional set size of all of them.
  static func bytes(_ names: Set<String>) -> Double {
    processes(names).reduce(0) { sum, pid in
      guard let text = try? String(contentsOfFile: "/proc/\(pid)/smaps_rollup", encoding: .utf8),
        let line = text.split(separator: "\n").first(where: { $0.hasPrefix("Pss:") }),
        let kilobytes = line.split(separator: " ").dropFirst().first
      else { return sum }
      return sum + (Double(kilobytes) ?? 0) * 1024
    }
  }
}
