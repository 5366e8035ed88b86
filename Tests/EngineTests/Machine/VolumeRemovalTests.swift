import Backend
import Glibc
import Reconciler
import StackModel
import TestSupport
import Testing
import VolumeStore

@testable import Engine

/// A volume is there or it is not, at whatever moment an engine dies.
@Suite(.serialized) struct VolumeRemovalTests {
  private func stack(_ engine: EngineOfOurOwn) -> Stack {
    var stack = engine.stack("shop", ["db": "cat /data/kept 2>/dev/null || echo none; touch /data/kept; exec sleep 1000"]) {
      $0.mounts = [Mount(source: .volume("shop_data"), target: "/data")]
    }
    stack.volumes["shop_data"] = Volume(key: "data", name: "shop_data")
    return stack
  }

  /// Brings the stack up and takes its container down; its volume has a file then.
  private func begin(_ engine: EngineOfOurOwn) async throws -> String {
    #expect(try await engine.up(stack(engine)).failures == [])
    let path = engine.backend.volumes.path(of: "shop_data")
    let isKept = try await eventually {
      access(path + "/kept", F_OK) == 0
    } until: {
      $0
    }
    #expect(isKept)
    #expect(try await engine.down("shop").failures == [])
    return path
  }

  private func names(_ engine: EngineOfOurOwn) async -> [VolumeName] { await engine.backend.catalog.volumes().map(\.definition.name) }

  @Test func anEngineThatDiesRemovingIsFollowedByOneThatGoesOn() async throws {
    try await EngineOfOurOwn.with { engine in
      let path = try await begin(engine)
      // As far as the moment before its record goes.
      try engine.backend.volumes.discard("shop_data")
      #expect(await names(engine) == ["shop_data"])
      let next = try await engine.reopened()
      #expect(await names(next) == [])
      let left = try await eventually {
        try next.backend.volumes.discarded()
      } until: {
        $0.isEmpty
      }
      #expect(left == [])
      #expect(try await next.up(stack(next)).failures == [])
      #expect(access(path, F_OK) == 0)
      #expect(try await next.down("shop", volumes: true).failures == [])
      #expect(await names(next) == [])
      // Made, and not written down.
      try next.backend.volumes.create("shop_data")
      try next.backend.volumes.create("mine")
      try writeFile(next.backend.volumes.path(of: "mine") + "/file", [1])
      let third = try await next.reopened()
      #expect(try third.backend.volumes.names() == ["mine"])
      await third.end()
    }
  }

  @Test func dataThatSomebodyTookAwayAreMissed() async throws {
    try await EngineOfOurOwn.with { engine in
      let path = try await begin(engine)
      #expect(rename(path, path + ".away") == 0)
      await #expect {
        try await engine.up(stack(engine))
      } throws: {
        guard let error = $0 as? EngineError else { return false }
        return error.subject == "db" && error.message.contains("the data of the volume shop_data are gone")
          && error.hint?.contains("put them back") == true
      }
      #expect(access(path, F_OK) != 0, "nobody makes an empty one")
      #expect(rename(path + ".away", path) == 0)
      #expect(try await engine.up(stack(engine)).failures == [])
      #expect(access(path + "/kept", F_OK) == 0)
    }
  }
}
