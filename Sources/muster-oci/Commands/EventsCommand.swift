import Cgroups
import Glibc

/// `events`: what a container uses, once (`--stats`) or at intervals, and that the kernel killed in it for want of memory.
func eventsCommand(_ call: Call) throws -> Int32 {
  let words = try Words(call.words, Words.Grammar(values: ["interval"], switches: ["stats"]), command: "events")
  try words.expect(1, "events")
  let container = try Container.find(root: call.root, id: try words.id("events"))
  if container.status() == .stopped { throw Failure("container with id \(container.file.id) is not running") }
  let seconds = try interval(words.last("interval") ?? "5s")
  let group = try container.cgroup()
  func show(_ event: Event) {
    print(JSON.line(event))
    fflush(nil)
  }
  if words.has("stats") {
    show(Event(type: "stats", id: container.file.id, data: Statistics(group)))
    return 0
  }
  var kills = group.oomKills
  while container.status() != .stopped {
    show(Event(type: "stats", id: container.file.id, data: Statistics(group)))
    if group.oomKills > kills { show(Event(type: "oom", id: container.file.id, data: nil)) }
    kills = group.oomKills
    usleep(UInt32(seconds * 1e6))
  }
  return 0
}

private struct Event: Encodable {
  var type: String
  var id: String
  var data: Statistics?
}

/// `5s`, `500ms`, `1m`.
private func interval(_ text: String) throws -> Double {
  for (unit, factor) in [("ms", 0.001), ("s", 1.0), ("m", 60.0)] where text.hasSuffix(unit) {
    if let count = Double(text.dropLast(unit.count)), count > 0, count * factor < 4000 { return count * factor }
  }
  throw Failure("events: --interval: \(text) is not a time such as 5s")
}
