import Cgroups
import ContainerSetup
import Glibc
import LinuxKit

/// What this machine is like, as far as containers depend on it.
func localFacts(_ cgroups: any CgroupDriver, _ defaultCapabilities: DefaultCapabilities, _ appArmor: AppArmorFacts) throws -> HostFacts {
  HostFacts(
    hostname: hostName(), capabilities: try CapabilitySet.permitted(), defaultCapabilities: defaultCapabilities,
    cgroups: cgroups.version == .v2 ? .unified : .legacy(cgroups.hierarchies, hasUnified: cgroups.hasUnified),
    hardLimit: hardLimit, oomScore: oomScore(), throttledProcessors: throttledProcessors(), hasNoSwap: hasNoSwap(),
    hasIPv6: hasIPv6(), appArmor: appArmor, deviceLookup: { try deviceNodes($0) }, allDevices: { try hostDeviceNodes() })
}

/// Whether the kernel speaks IPv6.
private func hasIPv6() -> Bool { access("/proc/sys/net/ipv6/conf/default/disable_ipv6", F_OK) == 0 }

/// This machine's own name.
func hostName() -> String {
  var name = utsname()
  uname(&name)
  return withUnsafeBytes(of: name.nodename) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
}

/// This process's own hard limit of a resource.
private let hardLimit: @Sendable (Int32) -> UInt64 = { resource in
  var limit = rlimit()
  return getrlimit(__rlimit_resource_t(UInt32(bitPattern: resource)), &limit) == 0 ? UInt64(limit.rlim_max) : .max
}

/// This process's own `oom_score_adj`.
private func oomScore() -> Int {
  let text = (try? String(decoding: Descriptor.open("/proc/self/oom_score_adj", O_RDONLY).readAll(limit: 100), as: UTF8.self)) ?? ""
  return Int(text.filter { !$0.isWhitespace }) ?? 0
}

/// Processors whose `thermal_throttle` directory is to be hidden, as Docker does.
private func throttledProcessors() -> [Int] {
  var found: [Int] = []
  for number in 0..<max(0, Int(sysconf(Int32(_SC_NPROCESSORS_CONF))))
  where access("/sys/devices/system/cpu/cpu\(number)/thermal_throttle", F_OK) == 0 {
    found.append(number)
  }
  return found
}
