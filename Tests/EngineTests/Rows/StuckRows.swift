import Backend
import Cgroups
import Glibc
import Reconciler
import StackModel
import TestSupport
import Testing

@testable import Engine

/// R14, R15: what the kernel does to containers.
@Suite(.serialized) struct StuckRows {
  /// A file system that is frozen: who writes there sleeps where no signal reaches.
  @Test func aProcessThatCannotDieIsToldAndHoldsNobodyUp() async throws {
    guard access("/dev/loop-control", F_OK) == 0, access("/sbin/mkfs.ext4", X_OK) == 0 else { return }
    let host = try TemporaryDirectory("frozen")
    try await run("truncate", "-s", "16M", host("disk")).expect()
    try await run("/sbin/mkfs.ext4", "-q", host("disk")).expect()
    try await run("mkdir", host("place")).expect()
    guard try await run("mount", "-o", "loop", host("disk"), host("place")).status == 0 else { return }
    do {
      try await EngineOfOurOwn.with { engine in
        let script = "trap 'exit 0' TERM; echo up; while :; do sleep 0.05; done"
        var stack = engine.stack("stuck", ["bad": "read x < /srv/seed/one; echo up; echo > /place/x", "good": script]) {
          $0.network = .none
        }
        stack.services["bad"]?.options.mounts = [
          Mount(source: .bind(path: host("place"), createsHostPath: false, propagation: nil), target: "/place")
        ]
        try await run("fsfreeze", "-f", host("place")).expect()
        #expect(try await engine.up(stack).failures == [])
        _ = try await eventually {
          try await engine.log("stuck").count
        } until: {
          $0 == 2
        }
        let bad = try #require(await engine.backend.containers.find(name: "stuck-bad-1"))
        let pid = try #require(await bad.observed.pid)
        _ = try await eventually {
          (try? readText("/proc/\(pid)/stat")) ?? ""
        } until: {
          $0.contains(") D ")
        }
        let clock = ContinuousClock()
        let began = clock.now
        let stopping = Task { try await bad.stop(grace: .zero) }
        // The others meanwhile.
        let good = try #require(await engine.backend.containers.find(name: "stuck-good-1"))
        try await good.stop(grace: nil)
        #expect(await good.observed.exitCode == 0)
        let error = await #expect(throws: EngineError.self) { try await stopping.value }
        let took = began.duration(to: clock.now)
        #expect(error?.message.contains("process \(pid) is stuck in the kernel") == true, "\(String(describing: error))")
        #expect(await bad.observed.pid == pid)
        #expect(await bad.observed.stuckPID == pid)
        // It cannot be removed, which does not hang either, and is not forgotten.
        await #expect(throws: EngineError.self) { try await engine.backend.remove(bad.id, volumes: true) }
        try await run("fsfreeze", "-u", host("place")).expect()
        let ended = try await eventually {
          try await engine.container("stuck-bad-1")
        } until: {
          $0.state == .exited
        }
        #expect(ended.state == .exited && ended.exitCode == 137 && ended.stuckPID == nil)
        tell("R14", "stop of a process in state D: answered after \(took) (grace 0) with its pid; ended by itself when let go")
      }
    } catch {
      _ = try await run("fsfreeze", "-u", host("place"))
      _ = try await run("umount", host("place"))
      throw error
    }
    try await run("umount", host("place")).expect()
  }

  /// Paused by somebody, it is ended all the same.
  @Test func aFrozenContainerIsRemoved() async throws {
    try await EngineOfOurOwn.with { engine in
      let stack = engine.stack("ice", ["a": "sleep 1000 & exec sleep 1000"]) { $0.network = .none }
      #expect(try await engine.up(stack).failures == [])
      let container = try #require(await engine.backend.containers.find(name: "ice-a-1"))
      try await container.running?.cgroup?.freeze()
      #expect(try await engine.down("ice").failures == [])
      #expect(await engine.backend.containers.all().isEmpty)
    }
  }

  @Test func outOfMemoryIsTold() async throws {
    let rounds = Size.of(4, full: 100)
    try await EngineOfOurOwn.with { engine in
      let hog = "dd if=/dev/zero of=/dev/null bs=128M count=1"
      var right = 0
      var wrong = 0
      for _ in 0..<rounds {
        let stack = engine.stack("oom", ["whole": "exec \(hog)", "child": "\(hog); exec sleep 1000", "killed": "exec sleep 1000"]) {
          $0.network = .none
          $0.resources.memory = ByteCount(32 << 20)
          $0.resources.memorySwap = ByteCount(32 << 20)
        }
        #expect(try await engine.up(stack).failures == [])
        let whole = try await eventually {
          try await engine.container("oom-whole-1")
        } until: {
          $0.state == .exited
        }
        #expect(whole.exitCode == 137)
        let child = try #require(await engine.backend.containers.find(name: "oom-child-1"))
        _ = try await eventually {
          await child.running?.cgroup?.oomKills ?? 0
        } until: {
          $0 > 0
        }
        #expect(await child.observed.state == .running)
        let killed = try #require(await engine.backend.containers.find(name: "oom-killed-1"))
        try await killed.kill(signal: "KILL")
        try await child.stop(grace: .zero)
        for (flag, expected) in [
          (whole.wasOutOfMemory, true), (await child.observed.wasOutOfMemory, true), (await killed.observed.wasOutOfMemory, false),
        ] {
          #expect(flag == expected)
          if flag == expected { right += 1 } else { wrong += 1 }
        }
        try await engine.down("oom")
      }
      tell("R15", "out of memory flags, whole, child alone and not at all: \(right) of \(right + wrong) right")
    }
  }
}
