import Backend
import Cgroups
import Glibc
import Systemd

/// Moves this process into a unit of its own, `musterd.scope`, when systemd has not started it itself: what a command has started from a
/// login, a cron job or a build agent would else be ended with that.
func leaveSession(_ location: EngineLocation) throws {
  guard Systemd.isRunning, try unifiedPlace(of: getpid()) != nil, !isMainProcess else { return }
  try startScope(
    location.suffix.isEmpty ? "musterd.scope" : "musterd-\(location.suffix).scope",
    [
      UnitProperty("Description", .text("Muster's engine of \(location.root)")), UnitProperty("Slice", .text("system.slice")),
      UnitProperty("PIDs", .numbers([UInt32(getpid())])), UnitProperty("TasksMax", .number(.max)),
      UnitProperty("CollectMode", .text("inactive-or-failed")),
    ])
}

/// Whether this is what a unit's ExecStart= names (systemd.exec(5), "SYSTEMD_EXEC_PID").
private var isMainProcess: Bool { variable("SYSTEMD_EXEC_PID") == String(getpid()) }
