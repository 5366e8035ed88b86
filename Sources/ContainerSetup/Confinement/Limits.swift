public import LinuxKit
public import OCI
public import StackModel

/// The smallest memory limit that Docker takes: 6 MiB.
private let smallestMemory: Int64 = 6 * 1024 * 1024
/// Microseconds: the kernel's default period for `cpus`.
private let period: UInt64 = 100_000
/// Microseconds: the kernel's default period of real-time processes.
private let realtimePeriod: Int64 = 1_000_000

/// `cpus`, `mem_limit` and so on, checked, as the runtime specification has them.
func runtimeResources(_ resources: Resources, host: HostFacts) throws(SetupError) -> RuntimeSpec.Resources {
  var result = RuntimeSpec.Resources()
  result.memory = try memory(resources)
  result.cpu = try cpu(resources)
  if let pids = resources.pids, pids > 0 { result.pids = RuntimeSpec.Resources.Pids(limit: pids) }
  result.blockIO = try resources.blockIO.flatMap { (block) throws(SetupError) in try blockResources(block, host: host) }
  return result
}

/// Throws what is wrong with limits whatever the machine is.
public func checkLimits(_ resources: Resources) throws(SetupError) {
  _ = try memory(resources)
  _ = try cpu(resources)
}

private func memory(_ resources: Resources) throws(SetupError) -> RuntimeSpec.Resources.Memory? {
  let limit = resources.memory.flatMap { $0.bytes > 0 ? $0.bytes : nil }
  let reservation = resources.memoryReservation.flatMap { $0.bytes > 0 ? $0.bytes : nil }
  var swap = resources.memorySwap.flatMap { $0.bytes != 0 ? $0.bytes : nil }
  if let limit, limit < smallestMemory {
    throw SetupError("mem_limit: \(limit) bytes is too little to start anything", hint: "the least is 6m")
  }
  if let limit, let reservation, reservation > limit {
    throw SetupError("mem_reservation: \(reservation) bytes is more than mem_limit, \(limit)")
  }
  if let total = swap, total != -1 {
    guard let limit else { throw SetupError("memswap_limit: needs mem_limit beside it", hint: "memswap_limit is memory and swap together") }
    if total < limit {
      throw SetupError("memswap_limit: \(total) bytes is less than mem_limit, \(limit)", hint: "it is memory and swap together")
    }
  }
  // As Docker: as much swap as memory unless said otherwise.
  if let limit, swap == nil { swap = limit > Int64.max / 2 ? -1 : limit * 2 }
  var memory = RuntimeSpec.Resources.Memory(limit: limit, reservation: reservation, swap: swap)
  memory.swappiness = resources.swappiness.flatMap { UInt64(exactly: $0) }
  memory.disableOOMKiller = resources.disablesOOMKiller == true ? true : nil
  return memory == RuntimeSpec.Resources.Memory() ? nil : memory
}

private func cpu(_ resources: Resources) throws(SetupError) -> RuntimeSpec.Resources.CPU? {
  var cpu = RuntimeSpec.Resources.CPU()
  if let nanocores = resources.nanocores, nanocores != 0 {
    guard nanocores >= 10_000_000 else { throw SetupError("cpus: must be at least 0.01") }
    let most = Int64.max / Int64(period)
    guard nanocores <= most else { throw SetupError("cpus: must be at most \(most / 1_000_000_000)") }
    cpu.period = period
    cpu.quota = nanocores * Int64(period) / 1_000_000_000
  }
  if resources.cpuQuota != nil || resources.cpuPeriod != nil {
    if cpu.quota != nil { throw SetupError("cpus: cannot be combined with cpu_quota and cpu_period", hint: "keep one of them") }
    for (key, value) in [("cpu_quota", resources.cpuQuota), ("cpu_period", resources.cpuPeriod)] {
      if let value, value < 1000 { throw SetupError("\(key): \(value) microseconds is too little", hint: "the least is 1000") }
    }
    cpu.quota = resources.cpuQuota
    cpu.period = resources.cpuPeriod.flatMap { UInt64(exactly: $0) }
  }
  if let runtime = resources.realtimeRuntime, runtime > resources.realtimePeriod ?? realtimePeriod {
    throw SetupError("cpu_rt_runtime: \(runtime) microseconds is more than cpu_rt_period", hint: "that is a second unless said otherwise")
  }
  cpu.realtimeRuntime = resources.realtimeRuntime
  cpu.realtimePeriod = resources.realtimePeriod.flatMap { UInt64(exactly: $0) }
  // A core is worth what a container has that asks for nothing.
  if let reserved = resources.reservedNanocores, reserved > 0 {
    cpu.shares = UInt64(min(max(Double(reserved) / 1e9 * 1024, 2), 262_144))
  }
  if let shares = resources.cpuShares, shares != 0 {
    guard shares >= 2, shares <= 262_144 else { throw SetupError("cpu_shares: \(shares) is not between 2 and 262144") }
    cpu.shares = UInt64(shares)
  }
  if let cpus = resources.cpuset, !cpus.isEmpty {
    guard isProcessorList(cpus) else {
      throw SetupError("cpuset: \"\(cpus)\" is not a list of processors", hint: "write \"0-2\" or \"0,3\"")
    }
    cpu.cpus = cpus
  }
  return cpu == RuntimeSpec.Resources.CPU() ? nil : cpu
}

/// `0-3,7`.
private func isProcessorList(_ text: String) -> Bool {
  text.split(separator: ",", omittingEmptySubsequences: false).allSatisfy { part in
    let ends = part.split(separator: "-", omittingEmptySubsequences: false).map { end in
      end.utf8.allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) } ? UInt16(end) : nil
    }
    switch ends.count {
    case 1: return ends[0] != nil
    case 2:
      guard let first = ends[0], let last = ends[1] else { return false }
      return first <= last
    default: return false
    }
  }
}

/// What the group of a running container is to be held to when its stack file asks for `new` instead of `old`; what is limited no more gets the
/// kernel's own value back. nil: nothing changes.
///
/// - Parameter isUnified: The groups are version 2's.
public func changedLimits(from old: Resources, to new: Resources, host: HostFacts, isUnified: Bool) throws(SetupError) -> ResourceLimits? {
  guard old != new else { return nil }
  let before = try resourceLimits(try runtimeResources(old, host: host))
  var limits = try resourceLimits(try runtimeResources(new, host: host))
  if limits.memory == nil, before.memory != nil { limits.memory = -1 }
  if limits.memoryAndSwap == nil, before.memoryAndSwap != nil { limits.memoryAndSwap = -1 }
  if limits.memoryReservation == nil, before.memoryReservation != nil { limits.memoryReservation = -1 }
  if limits.cpuQuota == nil, before.cpuQuota != nil { limits.cpuQuota = -1 }
  if limits.cpuPeriod == nil, before.cpuPeriod != nil { limits.cpuPeriod = period }
  if limits.pids == nil, before.pids != nil { limits.pids = -1 }
  if limits.cpuShares == nil, before.cpuShares != nil {
    // The usual weight is not that of the usual shares.
    if isUnified { limits.files["cpu.weight"] = "100" } else { limits.cpuShares = 1024 }
  }
  return limits
}

/// What a runtime specification's resources are for a control group.
public func resourceLimits(_ resources: RuntimeSpec.Resources) throws(SetupError) -> ResourceLimits {
  var limits = ResourceLimits(
    memory: resources.memory?.limit, memoryReservation: resources.memory?.reservation, memoryAndSwap: resources.memory?.swap,
    swappiness: resources.memory?.swappiness.flatMap { Int(exactly: $0) }, disablesOOMKiller: resources.memory?.disableOOMKiller == true,
    cpuQuota: resources.cpu?.quota, cpuPeriod: resources.cpu?.period, cpuShares: resources.cpu?.shares,
    realtimeRuntime: resources.cpu?.realtimeRuntime, realtimePeriod: resources.cpu?.realtimePeriod, cpus: resources.cpu?.cpus,
    pids: resources.pids?.limit, block: resources.blockIO.map(blockLimits) ?? BlockLimits())
  limits.memoryNodes = resources.cpu?.mems
  limits.files = resources.unified ?? [:]
  for rule in resources.devices ?? [] {
    guard let kind = DeviceRule.Kind(rawValue: rule.type ?? "a"), let access = DeviceRule.Access(letters: rule.access ?? "rwm") else {
      throw SetupError("devices: a rule of type \(rule.type ?? "a") and access \(rule.access ?? "rwm") does not exist")
    }
    limits.devices.append(
      DeviceRule(allows: rule.allow, kind: kind, major: number(rule.major), minor: number(rule.minor), access: access))
  }
  return limits
}

/// A device number; -1 and nil are all.
private func number(_ value: Int64?) -> UInt32? { value.flatMap { UInt32(exactly: $0) } }
