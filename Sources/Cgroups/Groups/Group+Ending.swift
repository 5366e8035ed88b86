import Glibc

extension Group {
  func kill() throws(CgroupError) {
    // Linux 5.14: one write, no race with forks. Works for the whole group also where version 1 holds the controllers.
    if let place = places.first(where: { $0.directory.exists("cgroup.kill") }) {
      try place.directory.write("1", to: "cgroup.kill")
      // What version 1 has frozen does not even die.
      if places.contains(where: { $0.directory.exists("freezer.state") }) { try thaw() }
      return
    }
    // Frozen processes cannot fork, but what was forked meanwhile is only seen in the next round.
    for _ in 1...100 {
      let pids = try processes()
      if pids.isEmpty { return }
      try? freeze()
      for pid in try processes() { Glibc.kill(pid, SIGKILL) }
      try? thaw()
    }
  }

  func nested(_ name: String) throws(CgroupError) -> NestedGroup {
    // One hierarchy is enough to tell them by, and limits of the others hold for the whole group as before.
    let index =
      places.firstIndex { $0.directory.exists("cgroup.kill") } ?? places.firstIndex { $0.directory.exists("freezer.state") }
      ?? places.firstIndex { $0.hierarchy.controllers.contains("pids") } ?? places.startIndex
    var joined = self
    joined.places[index].directory = places[index].directory.inner(try groupName(name))
    try joined.places[index].directory.make()
    var inner = joined
    inner.places = [joined.places[index]]
    return NestedGroup(joined: joined, inner: inner)
  }

  func freeze() throws(CgroupError) { try setFrozen(true) }
  func thaw() throws(CgroupError) {
    // In version 1, what is below may be frozen on its own.
    for place in places where place.directory.exists("freezer.state") {
      for directory in try place.directory.tree() { try? directory.write("THAWED", to: "freezer.state") }
    }
    try setFrozen(false)
  }

  var isFrozen: Bool {
    places.contains { place in
      let directory = place.directory
      return (try? directory.read("freezer.state")).map { $0 != "THAWED" } ?? (directory.number("cgroup.freeze") == 1)
    }
  }

  private func setFrozen(_ frozen: Bool) throws(CgroupError) {
    for place in places {
      if place.directory.exists("freezer.state") { return try place.directory.write(frozen ? "FROZEN" : "THAWED", to: "freezer.state") }
      if place.directory.exists("cgroup.freeze") { return try place.directory.write(frozen ? "1" : "0", to: "cgroup.freeze") }
    }
    throw CgroupError("freezing", name, hint: "this machine has no freezer")
  }

  /// A killed process leaves its group when it is reaped or, at the latest, when it is quite dead: until then the directory is busy.
  func remove() async throws {
    var wait = Duration.milliseconds(1)
    var waited = Duration.zero
    while let busy = try places.compactMap({ place throws(CgroupError) in try removed(place.directory) }).first {
      if waited > .seconds(10) { throw busy }
      try await Task.sleep(for: wait)
      waited += wait
      wait = min(wait * 2, .milliseconds(100))
    }
    // The directory of all groups goes with the last of them.
    for place in places { rmdir(place.directory.path.dropLast(name.utf8.count + 1).description) }
  }

  /// Nil when it is gone, the error when it is still busy.
  func removed(_ directory: GroupDirectory) throws(CgroupError) -> CgroupError? {
    for directory in try directory.tree() where rmdir(directory.path) != 0 {
      switch errno {
      case ENOENT, ENODEV: continue
      case EBUSY, ENOTEMPTY:
        let pids = (try? directory.processes()) ?? []
        return CgroupError("removing", directory.path, errno: EBUSY, hint: pids.isEmpty ? nil : "processes \(pids) are in it")
      default: throw CgroupError("removing", directory.path, errno: errno)
      }
    }
    return nil
  }
}
