import CLinux
import Cgroups
import Glibc
import LinuxKit
import Systemd

/// Has systemd make the scope of a container, with a process in it that keeps it until the container's own is there.
///
/// Returns that process, which is to be ended with `end()`.
func startUnit(_ place: UnitPlace, id: String, _ limits: ResourceLimits, annotations: [String: String]) throws -> Placeholder {
  let properties = try unitProperties(limits) + unitProperties(annotations)
  guard Systemd.isRunning, try unifiedPlace(of: getpid()) != nil else {
    throw Failure("--systemd-cgroup: systemd with control groups of version 2 does not run this machine; use the cgroupfs manager")
  }
  let placeholder = try Placeholder()
  do {
    var systemd = try Systemd()
    try systemd.start(
      place.unit,
      [
        UnitProperty("Description", .text("container \(id) of muster-oci")), UnitProperty("Slice", .text(place.slice)),
        UnitProperty("Delegate", .flag(true)), UnitProperty("PIDs", .numbers([UInt32(placeholder.pid)])),
        UnitProperty("MemoryAccounting", .flag(true)), UnitProperty("CPUAccounting", .flag(true)),
        UnitProperty("IOAccounting", .flag(true)), UnitProperty("TasksAccounting", .flag(true)),
        UnitProperty("DefaultDependencies", .flag(false)),
      ] + properties)
  } catch {
    placeholder.end()
    throw Failure("\(error)")
  }
  return placeholder
}

/// Stops what `startUnit` has started. One that is gone is fine.
func stopUnit(_ unit: String) throws {
  var systemd = try Systemd()
  try systemd.stop(unit)
  try systemd.resetFailed(unit)
}

/// A process that does nothing, and ends with this one.
struct Placeholder {
  let pid: Int32

  fileprivate init() throws(KernelError) {
    pid = try Process.fork()
    guard pid == 0 else { return }
    clinux_reset_signals()
    _ = clinux_prctl(Int32(CLINUX_PR_SET_PDEATHSIG), UInt(SIGKILL), 0, 0, 0)
    while true { pause() }
  }

  func end() {
    kill(pid, SIGKILL)
    _ = try? Process.reap(pid, waits: true)
  }
}
