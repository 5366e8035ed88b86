import Glibc

/// Starts a scope whose name may still be that of one that is just going, and waits until it is there; for twenty seconds at most.
public func startScope(_ name: String, _ properties: [UnitProperty]) throws(SystemdError) {
  var systemd = try Systemd()
  for attempt in 1...400 {
    do throws(SystemdError) {
      return try systemd.start(name, properties)
    } catch {
      guard error.name == "org.freedesktop.systemd1.UnitExists", attempt < 400 else { throw error }
      // Its last process has ended, or it has failed and nobody has looked: systemd lets go of it in a moment.
      try systemd.resetFailed(name)
      usleep(50_000)
    }
  }
}
