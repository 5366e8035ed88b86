import Backend
import LinuxKit
import OCI
import Reconciler
import StackModel
import TestSupport
import Testing

@testable import Engine

@Suite(.serialized) struct EventTests {
  private func told(_ engine: EngineOfOurOwn, _ request: EventRequest) async throws -> [String] {
    var lines: [String] = []
    for try await event in try await engine.backend.events(request) {
      if let message = event.message { lines.append("\(message.type) \(message.action) \(message.name)") }
    }
    return lines
  }

  @Test func whatHasHappenedIsToldAndThenItEnds() async throws {
    try await EngineOfOurOwn.with { engine in
      let begin = WallClock.nanoseconds()
      let stack = engine.stack("ev", ["one": "exit 3", "two": "exec sleep 1000"]) { $0.labels = ["kind": "test"] }
      #expect(try await engine.up(stack).failures == [])
      var died = EventRequest(project: "ev", since: begin)
      try died.filter(by: ["event=die", "service=one", "label=kind=test", "image=tiny"])
      let asked = died
      let found = try await eventually {
        var now = asked
        now.until = WallClock.nanoseconds()
        return try await told(engine, now)
      } until: {
        !$0.isEmpty
      }
      #expect(found == ["container die ev-one-1"])

      let until = WallClock.nanoseconds()
      let all = try await told(engine, EventRequest(since: begin, until: until))
      #expect(
        Set(all).isSuperset(of: [
          "network create ev_default", "container create ev-one-1", "container start ev-one-1", "container start ev-two-1",
        ]))
      #expect(try await told(engine, EventRequest(since: begin, until: begin)) == [])
      var other = EventRequest(since: begin, until: until)
      try other.filter(by: ["service=two", "type=container"])
      #expect(try await told(engine, other) == ["container create ev-two-1", "container start ev-two-1"])
    }
  }

  /// Docker's words for what containers do with networks and volumes, and people with images.
  @Test func networksVolumesAndImagesAreToldOf() async throws {
    try await EngineOfOurOwn.with { engine in
      let begin = WallClock.nanoseconds()
      let backend = engine.backend
      func told(_ filters: String...) async throws -> [EventMessage] {
        var request = EventRequest(since: begin, until: WallClock.nanoseconds())
        try request.filter(by: filters)
        var found: [EventMessage] = []
        for try await event in try await backend.events(request) { if let message = event.message { found.append(message) } }
        return found
      }
      func words(_ found: [EventMessage]) -> [String] { found.map { "\($0.type) \($0.action)" } }
      var stack = engine.stack("ev", ["one": "exec sleep 1000"]) {
        $0.mounts = [Mount(source: .volume("ev_data"), target: "/data", isReadOnly: true), Mount(source: .anonymousVolume, target: "/own")]
      }
      stack.volumes["ev_data"] = Volume(key: "data", name: "ev_data")
      #expect(try await engine.up(stack).failures == [])
      let id = try await backend.container("ev-one-1").id.rawValue
      _ = try await backend.createNetwork(NetworkCreation(name: "side"))
      let side = try await backend.network("side").id
      try await backend.connectNetwork("side", NetworkConnection(container: "ev-one-1"))
      try await backend.disconnectNetwork("side", container: "ev-one-1")
      _ = try await backend.act(on: "ev-one-1", .remove(force: true, volumes: true))
      try await backend.removeVolume(named: "ev_data")
      _ = try await backend.removeNetwork("side")

      let on = try await told("network=side")
      #expect(words(on) == ["network create", "network connect", "network disconnect", "network destroy"])
      #expect(on.allSatisfy { $0.id == side && $0.attributes["type"] == "bridge" })
      #expect(on.map { $0.details["container"] } == [nil, id, id, nil])
      #expect(words(try await told("network=ev_default")) == ["network create", "network connect", "network disconnect"])
      let data = try await told("volume=ev_data")
      #expect(words(data) == ["volume create", "volume mount", "volume unmount", "volume destroy"])
      #expect(data[1].details == ["container": id, "destination": "/data", "propagation": "", "read/write": "false", "driver": "local"])
      #expect(data[2].details == ["container": id, "driver": "local"])
      #expect(words(try await told("type=volume")).sorted() == words(data + data).sorted(), "the anonymous volume is not told of")
      // One that ends is off its networks before it is gone.
      let all = words(try await told("project=ev")).filter { !$0.hasSuffix("create") }
      #expect(all.starts(with: ["network connect", "volume mount", "volume mount", "container start"]), "\(all)")
      #expect(
        all.suffix(7) == [
          "container die", "network disconnect", "volume unmount", "volume unmount", "volume destroy", "container destroy",
          "volume destroy",
        ], "\(all)")
    }
  }

  @Test func whoEndsAContainerIsToldOf() async throws {
    try await EngineOfOurOwn.with { engine in
      let begin = WallClock.nanoseconds()
      let script = "trap 'exit 4' TERM; trap : HUP; echo ready; while :; do sleep 0.05; done"
      #expect(
        try await engine.up(engine.stack("ev", ["one": script, "deaf": "trap : TERM; echo ready; while :; do sleep 0.05; done"])).failures
          == [])
      let ready = try await eventually {
        try await engine.log("ev")
      } until: {
        $0.count == 2
      }
      #expect(ready == ["ready\n", "ready\n"])
      _ = try await engine.backend.act(on: "ev-one-1", .kill(signal: "HUP"))
      _ = try await engine.backend.act(on: "ev-one-1", .stop(timeout: 20, signal: nil))
      _ = try await engine.backend.act(on: "ev-deaf-1", .stop(timeout: 1, signal: nil))
      func words(of name: String) async throws -> [String] {
        var request = EventRequest(since: begin, until: WallClock.nanoseconds())
        try request.filter(by: ["container=\(name)", "event=kill", "event=die", "event=stop"])
        var found: [String] = []
        for try await event in try await engine.backend.events(request) {
          if let message = event.message { found.append(([message.action] + message.details.values).joined(separator: " ")) }
        }
        return found
      }
      #expect(try await words(of: "ev-one-1") == ["kill 1", "kill 15", "die 4", "stop"])
      #expect(try await words(of: "ev-deaf-1") == ["kill 15", "kill 9", "die 137", "stop"])
    }
  }

  @Test func imagesAreToldOf() async throws {
    try await EngineOfOurOwn.with { engine in
      let begin = WallClock.nanoseconds()
      let backend = engine.backend
      let tiny = try await backend.image("tiny").summary.id.description
      try await backend.tagImage("tiny", as: "shop/tiny:2")
      try await backend.saveImages(SaveRequest(names: ["shop/tiny:2"])) { _ in }
      _ = try await backend.removeImage("shop/tiny:2", force: false)
      _ = try await backend.removeImage("tiny", force: false)
      var request = EventRequest(since: begin, until: WallClock.nanoseconds())
      try request.filter(by: ["type=image"])
      var found: [EventMessage] = []
      for try await event in try await backend.events(request) { if let message = event.message { found.append(message) } }
      #expect(
        found.map { "\($0.action) \($0.name)" } == [
          "tag shop/tiny:2", "save shop/tiny:2", "untag shop/tiny:2", "untag tiny:latest", "delete \(tiny)",
        ])
      #expect(found.allSatisfy { $0.id == tiny })
      // What was told of its making names it, too.
      var earlier = EventRequest(since: 0, until: begin)
      try earlier.filter(by: ["image=tiny"])
      #expect(try await told(engine, earlier) == ["image tag tiny:latest"])
    }
  }

  @Test func whatComesIsToldUntilTheEnd() async throws {
    try await EngineOfOurOwn.with { engine in
      let until = WallClock.nanoseconds() + Int64(3_000_000_000 * patience)
      var request = EventRequest(since: WallClock.nanoseconds(), until: until)
      try request.filter(by: ["type=volume"])
      let asked = request
      let listener = Task { try await told(engine, asked) }
      _ = try await engine.backend.createVolume(VolumeCreation(name: "evdata"))
      try await engine.backend.removeVolume(named: "evdata")
      #expect(try await listener.value == ["volume create evdata", "volume destroy evdata"])
      #expect(WallClock.nanoseconds() >= until)
    }
  }
}
