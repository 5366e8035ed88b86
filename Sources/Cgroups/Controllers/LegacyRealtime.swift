import Glibc
import LinuxKit

/// Real-time group scheduling, a part of the cpu controller of version 1 (scheduler/sched-rt-group.rst). Most kernels are built without it.
struct LegacyRealtime: Controller {
  let limits: Set<Limit> = [.realtime]

  func apply(_ limits: ResourceLimits, to directory: GroupDirectory) throws(CgroupError) {
    guard limits.realtimeRuntime != nil || limits.realtimePeriod != nil else { return }
    guard directory.exists("cpu.rt_runtime_us") else {
      throw CgroupError("limiting real-time processes of", directory.path, hint: "this kernel has no real-time group scheduling")
    }
    if let period = limits.realtimePeriod { try directory.write(String(period), to: "cpu.rt_period_us") }
    guard let runtime = limits.realtimeRuntime else { return }
    do throws(CgroupError) {
      try directory.write(String(runtime), to: "cpu.rt_runtime_us")
    } catch  where error.errno == EINVAL {
      // More than its parent has left: a new group has nothing to give.
      try raise(directory.parent, for: directory, runtime: runtime)
      try directory.write(String(runtime), to: "cpu.rt_runtime_us")
    }
  }

  /// Gives the directory of all groups what they have together.
  private func raise(_ parent: GroupDirectory, for group: GroupDirectory, runtime: Int64) throws(CgroupError) {
    let period = parent.number("cpu.rt_period_us") ?? 1_000_000
    func share(_ runtime: Int64, of own: Int64?) -> Int64 {
      guard let own, own > 0, runtime > 0 else { return 0 }
      return Int64((Double(runtime) / Double(own) * Double(period)).rounded(.up))
    }
    var sum = share(runtime, of: group.number("cpu.rt_period_us"))
    for name in try parent.children() {
      let other = parent.inner(name)
      if other != group { sum += share(other.number("cpu.rt_runtime_us") ?? 0, of: other.number("cpu.rt_period_us")) }
    }
    if sum > parent.number("cpu.rt_runtime_us") ?? 0 { try parent.write(String(sum), to: "cpu.rt_runtime_us") }
  }
}
