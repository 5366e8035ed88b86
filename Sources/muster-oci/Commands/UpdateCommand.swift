import Cgroups
import ContainerSetup
import Glibc
import LinuxKit
import OCI
import Systemd

/// `update`: other limits for a container.
func updateCommand(_ call: Call) throws -> Int32 {
  let grammar = Words.Grammar(
    values: [
      "resources", "blkio-weight", "cpu-period", "cpu-quota", "cpu-share", "cpu-rt-period", "cpu-rt-runtime", "cpuset-cpus", "cpuset-mems",
      "memory", "memory-reservation", "memory-swap", "pids-limit", "kernel-memory", "kernel-memory-tcp", "cpu-burst", "cpu-idle",
    ], short: ["r": "resources"])
  let words = try Words(call.words, grammar, command: "update")
  try words.expect(1, "update")
  for name in ["kernel-memory", "kernel-memory-tcp", "cpu-burst", "cpu-idle"] where words.last(name)?.isEmpty == false {
    throw Failure("update: --\(name) is not supported")
  }
  let container = try Container.find(root: call.root, id: try words.id("update"))
  let lock = try container.lock()
  defer { withExtendedLifetime(lock) {} }
  if container.status() == .stopped { throw Failure("container not running") }
  var resources = RuntimeSpec.Resources()
  if let path = words.last("resources") {
    let bytes = try path == "-" ? Descriptor.duplicate(0).readAll(limit: 1 << 20) : Descriptor.open(path, O_RDONLY).readAll(limit: 1 << 20)
    resources = try JSON.read(bytes, as: RuntimeSpec.Resources.self, name: path)
  }
  try apply(words, to: &resources)
  // What is allowed of devices was settled when the container was made.
  resources.devices = nil
  let limits = try updatedLimits(resources)
  let group = try container.cgroup()
  for word in group.discarded(limits) { call.journal.warn("this machine has nothing for it: " + word) }
  if let unit = container.file.unit {
    var systemd = try Systemd()
    try systemd.set(try unitProperties(limits), of: unit)
  }
  try group.apply(limits)
  return 0
}

private func apply(_ words: Words, to resources: inout RuntimeSpec.Resources) throws {
  var memory = resources.memory ?? RuntimeSpec.Resources.Memory()
  if let bytes = try words.number("memory", Int64.self) { memory.limit = bytes }
  if let bytes = try words.number("memory-reservation", Int64.self) { memory.reservation = bytes }
  if let bytes = try words.number("memory-swap", Int64.self) { memory.swap = bytes }
  if memory != RuntimeSpec.Resources.Memory() { resources.memory = memory }
  var cpu = resources.cpu ?? RuntimeSpec.Resources.CPU()
  if let shares = try words.number("cpu-share", UInt64.self) { cpu.shares = shares }
  if let quota = try words.number("cpu-quota", Int64.self) { cpu.quota = quota }
  if let period = try words.number("cpu-period", UInt64.self) { cpu.period = period }
  if let runtime = try words.number("cpu-rt-runtime", Int64.self) { cpu.realtimeRuntime = runtime }
  if let period = try words.number("cpu-rt-period", UInt64.self) { cpu.realtimePeriod = period }
  if let cpus = words.last("cpuset-cpus") { cpu.cpus = cpus }
  if let nodes = words.last("cpuset-mems") { cpu.mems = nodes }
  if cpu != RuntimeSpec.Resources.CPU() { resources.cpu = cpu }
  if let count = try words.number("pids-limit", Int64.self) { resources.pids = RuntimeSpec.Resources.Pids(limit: count) }
  if let weight = try words.number("blkio-weight", UInt16.self), weight != 0 {
    var block = resources.blockIO ?? RuntimeSpec.Resources.BlockIO()
    block.weight = weight
    resources.blockIO = block
  }
}
