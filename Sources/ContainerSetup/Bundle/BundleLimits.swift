public import LinuxKit
public import OCI

/// `linux.resources` for a new control group: zeros, with which callers say "nothing", ask for nothing, and the devices that every container
/// has are allowed after the configuration's own rules (runc `specconv`, "AllowedDevices").
public func bundleLimits(_ written: RuntimeSpec.Resources?) throws(SetupError) -> ResourceLimits {
  var limits = try updatedLimits(written ?? RuntimeSpec.Resources())
  let allows = limits.devices.last.map { $0.allows && $0.kind == .any && $0.access == .all } ?? false
  if !allows {
    var defaults = RuntimeSpec.Resources()
    defaults.devices = limits.devices.isEmpty ? defaultDeviceRules : Array(defaultDeviceRules.dropFirst())
    limits.devices += try resourceLimits(defaults).devices
  }
  return limits
}

/// The same for a group that is there: only what is asked for changes.
public func updatedLimits(_ written: RuntimeSpec.Resources) throws(SetupError) -> ResourceLimits {
  var limits = try resourceLimits(written)
  func none(_ path: WritableKeyPath<ResourceLimits, Int64?>) { if limits[keyPath: path] == 0 { limits[keyPath: path] = nil } }
  for path in [
    \ResourceLimits.memory, \.memoryReservation, \.memoryAndSwap, \.cpuQuota, \.realtimeRuntime, \.pids,
  ] { none(path) }
  if limits.cpuPeriod == 0 { limits.cpuPeriod = nil }
  if limits.cpuShares == 0 { limits.cpuShares = nil }
  if limits.realtimePeriod == 0 { limits.realtimePeriod = nil }
  if limits.cpus == "" { limits.cpus = nil }
  if limits.memoryNodes == "" { limits.memoryNodes = nil }
  if limits.block.weight == 0 { limits.block.weight = nil }
  if let memory = limits.memory, let total = limits.memoryAndSwap, memory > 0, total > 0, total < memory {
    throw SetupError("linux.resources.memory: swap, \(total), is less than limit, \(memory)", hint: "it is memory and swap together")
  }
  return limits
}
