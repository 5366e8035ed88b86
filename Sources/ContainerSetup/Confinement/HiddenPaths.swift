/// Paths made unreadable, as Docker does (moby `daemon/pkg/oci/defaults.go`), with the reasons of its advisories GHSA-6fw5-f8r9-fgfm
/// (interrupts, thermal throttling) and GHSA-jq35-85cj-fj4p (powercap), and what Podman hides beyond that (/sys/fs/selinux).
func maskedPaths(throttledProcessors: [Int]) -> [String] {
  [
    "/proc/acpi", "/proc/asound", "/proc/interrupts", "/proc/kcore", "/proc/keys", "/proc/latency_stats", "/proc/sched_debug",
    "/proc/scsi", "/proc/timer_list", "/proc/timer_stats", "/sys/devices/virtual/powercap", "/sys/firmware",
    "/sys/fs/selinux",
  ] + throttledProcessors.map { "/sys/devices/system/cpu/cpu\($0)/thermal_throttle" }
}

/// Paths made read-only, as Docker does.
let readOnlyPaths = ["/proc/bus", "/proc/fs", "/proc/irq", "/proc/sys", "/proc/sysrq-trigger"]
