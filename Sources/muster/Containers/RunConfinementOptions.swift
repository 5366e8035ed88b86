import ArgumentParser
import StackModel

/// The flags of `run` and `create` about what a container may do.
struct RunConfinementOptions: ParsableArguments {
  @Option(parsing: .singleValue, help: ArgumentHelp("A capability.", valueName: "name")) var capAdd: [String] = []
  @Option(parsing: .singleValue, help: ArgumentHelp("A capability, or ALL.", valueName: "name")) var capDrop: [String] = []
  @Option(help: ArgumentHelp("Not supported.", valueName: "group")) var cgroupParent: String?
  @Option(help: "host or private.") var cgroupns: String?
  @Option(parsing: .singleValue, help: ArgumentHelp("A device.", valueName: "path[:path[:rwm]]")) var device: [String] = []
  @Option(parsing: .singleValue, help: ArgumentHelp("A rule of devices.", valueName: "rule")) var deviceCgroupRule: [String] = []
  @Option(parsing: .singleValue, help: ArgumentHelp("A further group of the user.", valueName: "group")) var groupAdd: [String] = []
  @Option(help: "host, private, shareable, none or container:NAME.") var ipc: String?
  @Option(help: ArgumentHelp("Not supported: see --device.", valueName: "devices")) var gpus: String?
  @Option(
    parsing: .unconditional, help: ArgumentHelp("How readily its memory goes to swap, from 0 to 100, on cgroup v1.", valueName: "number"))
  var memorySwappiness: Int?
  @Flag(help: "Do not end processes for want of memory.") var oomKillDisable = false
  @Option(parsing: .unconditional, help: ArgumentHelp("From -1000 to 1000.", valueName: "number")) var oomScoreAdj: Int?
  @Option(help: "host or container:NAME.") var pid: String?
  @Flag(help: "Everything that root of this machine may.") var privileged = false
  @Option(help: ArgumentHelp("Only runc or none.", valueName: "name")) var runtime: String?
  @Option(parsing: .singleValue, help: ArgumentHelp("no-new-privileges, seccomp=, apparmor=, …", valueName: "option")) var securityOpt:
    [String] =
      []
  @Option(parsing: .singleValue, help: ArgumentHelp("A parameter of the kernel.", valueName: "key=value")) var sysctl: [String] = []
  @Option(parsing: .singleValue, help: ArgumentHelp("A limit of processes.", valueName: "name=soft[:hard]")) var ulimit: [String] = []
  @Option(help: "host.") var userns: String?
  @Option(help: "host.") var uts: String?

  func add(to service: inout ServiceOptions) throws {
    service.set("cap_add", capAdd)
    service.set("cap_drop", capDrop)
    service.set("cgroup_parent", cgroupParent)
    service.set("cgroup", cgroupns)
    service.set("devices", device)
    service.set("device_cgroup_rules", deviceCgroupRule)
    service.set("group_add", groupAdd)
    service.set("gpus", gpus)
    service.set("ipc", ipc)
    service.set("mem_swappiness", memorySwappiness.map { "\($0)" })
    service.set("oom_kill_disable", oomKillDisable)
    service.set("oom_score_adj", oomScoreAdj.map { "\($0)" })
    service.set("pid", pid)
    service.set("privileged", privileged)
    service.set("runtime", runtime == "runc" ? nil : runtime)
    service.set("security_opt", securityOpt)
    service.set("sysctls", sysctl)
    var ulimits: [String: ServiceValue] = [:]
    for (name, text) in try pairs(ulimit, "--ulimit") {
      let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
      ulimits[name] = .map(["soft": .text(parts[0]), "hard": .text(parts.last ?? "")])
    }
    service.set("ulimits", ulimits)
    service.set("userns_mode", userns)
    service.set("uts", uts)
  }
}
