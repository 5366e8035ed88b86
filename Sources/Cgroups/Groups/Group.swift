import Glibc
import LinuxKit

/// A control group in all hierarchies of the machine.
struct Group: Cgroup {
  let name: String
  let version: CgroupVersion
  var places: [Place]

  var procsCount: Int { places.count }

  func openProcs() throws(CgroupError) -> [SharedDescriptor] {
    try open { $0.exists("tasks") ? ($0.path + "/tasks", O_WRONLY) : ($0.path + "/cgroup.procs", O_WRONLY) }
  }

  func openForClone() throws(CgroupError) -> [SharedDescriptor] {
    try open { $0.exists("tasks") ? ($0.path + "/tasks", O_WRONLY) : ($0.path, O_RDONLY | O_DIRECTORY) }
  }

  private func open(_ choose: (GroupDirectory) -> (path: String, flags: Int32)) throws(CgroupError) -> [SharedDescriptor] {
    var descriptors: [SharedDescriptor] = []
    for place in places {
      let chosen = choose(place.directory)
      do throws(KernelError) {
        descriptors.append(SharedDescriptor(try Descriptor.open(chosen.path, chosen.flags)))
      } catch {
        throw CgroupError("opening", chosen.path, errno: error.errno)
      }
    }
    return descriptors
  }

  func apply(_ limits: ResourceLimits) throws(CgroupError) {
    var missing = Limit.asked(limits)
    for place in places {
      for controller in place.controllers {
        try controller.apply(limits, to: place.directory)
        missing.subtract(controller.limits)
      }
    }
    if let limit = missing.sorted(by: { $0.rawValue < $1.rawValue }).first {
      throw CgroupError("limiting \(limit.rawValue) of", name, hint: "this machine has no controller for it")
    }
    for (file, value) in limits.files.sorted(by: { $0.key < $1.key }) {
      guard version == .v2, let place = places.first, !file.contains("/") else {
        throw CgroupError("writing", file, value: value, hint: "it is a file of version 2, which this machine has not")
      }
      try place.directory.write(value, to: file)
    }
  }

  func discarded(_ limits: ResourceLimits) -> [String] {
    places.flatMap { place in place.controllers.flatMap { $0.discarded(limits, in: place.directory) } }
  }

  func processes() throws(CgroupError) -> [Int32] {
    var pids: Set<Int32> = []
    for place in places { pids.formUnion(try place.directory.processes()) }
    return pids.sorted()
  }

  var oomKills: Int {
    for place in places {
      if let count = place.directory.number("memory.events", "oom_kill") ?? place.directory.number("memory.oom_control", "oom_kill") {
        return Int(count)
      }
    }
    return 0
  }

  func usage() -> CgroupUsage {
    var usage = CgroupUsage()
    for place in places {
      let directory = place.directory
      if let bytes = directory.number("memory.current") ?? directory.number("memory.usage_in_bytes") {
        let cache = directory.number("memory.stat", "total_inactive_file") ?? directory.number("memory.stat", "inactive_file") ?? 0
        usage.memory = max(bytes - cache, 0)
      }
      if let nanoseconds = directory.number("cpuacct.usage") {
        usage.cpu = nanoseconds
      } else if version == .v2, let microseconds = directory.number("cpu.stat", "usage_usec") {
        usage.cpu = microseconds * 1000
      }
      if let count = directory.number("pids.current") { usage.pids = count }
    }
    return usage
  }
}
