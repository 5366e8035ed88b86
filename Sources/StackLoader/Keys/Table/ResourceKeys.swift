/// What a container may use of the machine.
extension KeyTable {
  private static func limit(_ why: String, _ advice: String) -> KeySupport { .unsupported(why: why, advice: advice) }

  static let resourceKeys: [Key] = [
    Key("cpus", .exact, .numeric.written(as: .cores), "The most processor cores it may use."),
    Key("cpu_shares", .exact, .numeric, "Its share of the processor when there is not enough for all.", example: "512"),
    Key("cpu_quota", .exact, .numeric, "The microseconds of processor time in each cpu_period.", example: "50000"),
    Key("cpu_period", .exact, .numeric, "The microseconds that cpu_quota counts in.", example: "100000"),
    Key("cpuset", .exact, .string, "The processors it may run on.", example: "\"0-3\""),
    Key(
      "cpu_count", limit("it is for Windows", "use cpus"), Shape(kinds: [.string, .integer], bounds: 0...Int64.max),
      "The processors it may use, on Windows."),
    Key(
      "cpu_percent", limit("it is for Windows", "use cpus"), Shape(kinds: [.string, .integer], bounds: 0...100),
      "The share of processors it may use, on Windows."),
    Key(
      "cpu_rt_period", .limited(except: "only where the kernel has real-time groups, which cgroup v2 has not"), .numeric,
      "The microseconds that cpu_rt_runtime counts in."),
    Key(
      "cpu_rt_runtime", .limited(except: "only where the kernel has real-time groups, which cgroup v2 has not"), .numeric,
      "The microseconds of real-time processor time in each period."),
    Key("mem_limit", .exact, .numeric.written(as: .bytes), "The most memory it may use."),
    Key("mem_reservation", .exact, .whole.written(as: .bytes), "The memory that is kept for it when there is not enough for all."),
    Key("memswap_limit", .exact, .numeric.written(as: .bytes), "The most memory and swap together; -1 for no limit of swap."),
    Key(
      "mem_swappiness", .limited(except: "on cgroup v2, which does not know it, it is told and left out"), .whole,
      "How readily its memory is swapped, from 0 to 100."),
    Key(
      "oom_kill_disable", .limited(except: "on cgroup v2, which does not know it, it is told and left out"), .flag,
      "Whether it waits instead of being killed when memory runs out."),
    Key(
      "oom_score_adj", .exact, Shape(kinds: [.string, .integer], bounds: -1000...1000),
      "How likely it is killed when the machine's memory runs out, from -1000 to 1000.", example: "500"),
    Key("pids_limit", .exact, .numeric, "The most processes it may have; -1 for no limit.", example: "100"),
    Key("ulimits", .exact, ulimits, "Limits of the container's processes, as of ulimit.", example: "{nofile: 65536}"),
    Key("blkio_config", .exact, blkio, "Its share of the disks' bandwidth."),
  ]

  static let ulimits = Shape.names(
    .lowerCase,
    .whole
      | .keys(
        [
          Key("soft", .exact, .whole, "The limit; a process may raise it up to hard."),
          Key("hard", .exact, .whole, "The most that soft may be raised to."),
        ], required: ["soft", "hard"]))

  static let blkio = Shape.keys(
    [
      Key("weight", .exact, .whole, "Its share when there is not enough for all, from 10 to 1000."),
      Key("weight_device", .exact, .list(device("weight", "The share.")), "The same for one disk."),
      Key("device_read_bps", .exact, .list(device("rate", "The most a second.")), "The most bytes read a second."),
      Key("device_read_iops", .exact, .list(device("rate", "The most a second.")), "The most reads a second."),
      Key("device_write_bps", .exact, .list(device("rate", "The most a second.")), "The most bytes written a second."),
      Key("device_write_iops", .exact, .list(device("rate", "The most a second.")), "The most writes a second."),
    ], extensions: false)

  private static func device(_ measure: String, _ about: String) -> Shape {
    .keys(
      [Key("path", .exact, .path, "The disk's device file."), Key(measure, .exact, .whole, about)], extensions: false)
  }
}
