import Backend
import LinuxKit
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
