import Backend
import Glibc
import LinuxKit
import Reconciler
import StackModel
import TestSupport
import Testing
import VolumeStore

@testable import Engine

/// Volumes whose mounts or directories somebody takes away.
@Suite(.serialized) struct VolumeHealingTests {
  /// A stack whose services have one volume at /data.
  private func stack(_ engine: EngineOfOurOwn, _ services: [ServiceName], _ mount: VolumeMount?) -> Stack {
    var stack = engine.stack(
      "vol", Dictionary(uniqueKeysWithValues: services.map { ($0, "exec sleep 1000") }),
      { $0.mounts = [Mount(source: .volume("vol_data"), target: "/data")] })
    stack.volumes["vol_data"] = Volume(key: "data", name: "vol_data", mount: mount)
    return stack
  }

  private func remark(_ engine: EngineOfOurOwn, _ name: String, until isWanted: @escaping @Sendable (String?) -> Bool) async throws
    -> String?
  {
    try await eventually(within: 20) {
      try await engine.container(name).remark
    } until: {
      isWanted($0)
    }
  }

  private let tmpfs = VolumeMount(type: "tmpfs", device: "tmpfs", options: "size=4m")

  /// What is in memory is nowhere but with the container that has it.
  @Test func aTmpfsIsTakenBackFromWhoStillHasIt() async throws {
    try await EngineOfOurOwn.with(users: nil) { engine in
      #expect(try await engine.up(stack(engine, ["a"], tmpfs)).failures == [])
      let path = engine.backend.volumes.path(of: "vol_data")
      #expect(try engine.backend.volumes.mounted() == ["vol_data"])
      #expect(try await engine.exec("vol", "a", ["sh", "-c", "echo kept >/data/kept"]).code == 0)
      #expect(try readText(path + "/kept") == "kept\n")
      let pid = try await engine.container("vol-a-1").pid
      try await run("umount", path).expect()
      let said = try await remark(engine, "vol-a-1") { $0?.contains("is mounted again") == true }
      #expect(said == "the volume vol_data had been unmounted, and is mounted again")
      #expect(try readText(path + "/kept") == "kept\n")
      #expect(try await engine.container("vol-a-1").pid == pid, "it goes on")
      let actions = try await eventually {
        engine.backend.log.listen("vol", since: 0).past.compactMap(\.message?.action)
      } until: {
        $0.contains("repair")
      }
      #expect(actions.contains("repair"), "\(actions)")
      // Whoever comes then has the same files.
      #expect(try await engine.up(stack(engine, ["a", "b"], tmpfs)).failures == [])
      #expect(try await engine.exec("vol", "b", ["cat", "/data/kept"]).output == "kept\n")
      #expect(try await engine.down("vol", volumes: true).failures == [])
      #expect(try engine.backend.volumes.mounted() == [] && access(path, F_OK) != 0)
    }
  }

  @Test func nothingIsMountedOverDataAndNobodyStartsWithoutTheMount() async throws {
    try await EngineOfOurOwn.with(users: nil) { engine in
      #expect(try await engine.up(stack(engine, ["a"], tmpfs)).failures == [])
      let path = engine.backend.volumes.path(of: "vol_data")
      // At the same moment, before it can be mounted again.
      try await run("sh", "-c", "umount '\(path)' && echo below >'\(path)/below'").expect()
      let said = try await remark(engine, "vol-a-1") { $0?.contains("would be hidden") == true }
      #expect(said?.contains("vol_data") == true && said?.contains(path) == true, "\(said ?? "")")
      let report = try await engine.up(stack(engine, ["a", "b"], tmpfs))
      #expect(report.failures.first?.error.message.contains("would be hidden") == true, "\(report.failures)")
      #expect(try readText(path + "/below") == "below\n")
      unlink(path + "/below")
      let healed = try await remark(engine, "vol-a-1") { $0?.contains("is mounted again") == true }
      #expect(healed?.contains("is mounted again") == true)
      #expect(try await engine.up(stack(engine, ["a", "b"], tmpfs)).failures == [])
    }
  }

  /// As after a reboot: nothing is mounted, and the start sees to it.
  @Test func aDirectoryOfThisMachineIsMountedForEveryStartAndOutlivesTheVolume() async throws {
    try await EngineOfOurOwn.with { engine in
      let directory = try TemporaryDirectory("bound")
      try writeFile(directory("given"), Array("given\n".utf8))
      let bind = VolumeMount(type: "none", device: directory.path, options: "bind")
      #expect(try await engine.up(stack(engine, ["a"], bind)).failures == [])
      #expect(try await engine.exec("vol", "a", ["cat", "/data/given"]).output == "given\n")
      let path = engine.backend.volumes.path(of: "vol_data")
      let container = try #require(await engine.backend.containers.find(name: "vol-a-1"))
      try await container.stop(grace: .zero)
      try await run("umount", path).expect()
      try await container.start()
      #expect(try await engine.exec("vol", "a", ["cat", "/data/given"]).output == "given\n")
      try await run("umount", path).expect()
      let said = try await remark(engine, "vol-a-1") { $0?.contains("is mounted again") == true }
      #expect(said?.contains("is mounted again") == true && access(path + "/given", F_OK) == 0)
      #expect(try await engine.down("vol", volumes: true).failures == [])
      #expect(access(path, F_OK) != 0 && access(directory("given"), F_OK) == 0)
    }
  }

  @Test func whatCannotBeMountedFailsByName() async throws {
    try await EngineOfOurOwn.with { engine in
      let bind = VolumeMount(type: "none", device: "/nonexistent/data", options: "bind")
      let failures = try await engine.up(stack(engine, ["a"], bind)).failures
      let text = failures.first.map { "\($0.error)" } ?? ""
      #expect(text.contains("/nonexistent/data (none) cannot be mounted") && text.contains("vol_data"), "\(failures)")
      #expect(try await engine.down("vol", volumes: true).failures == [])
    }
  }

  @Test func aDirectoryThatIsGoneIsToldAndNotMadeAnew() async throws {
    try await EngineOfOurOwn.with { engine in
      #expect(try await engine.up(stack(engine, ["a"], nil)).failures == [])
      let path = engine.backend.volumes.path(of: "vol_data")
      #expect(rename(path, path + ".away") == 0)
      let gone = try await remark(engine, "vol-a-1") { $0?.contains("are gone") == true }
      #expect(gone == "the data of the volume vol_data are gone: there is no \(path)")
      #expect(access(path, F_OK) != 0)
      #expect(
        try await engine.up(stack(engine, ["a"], nil)).plan.notes.contains { $0.contains("the data of the volume vol_data are gone") })
      #expect(rename(path + ".away", path) == 0)
      let back = try await remark(engine, "vol-a-1") { $0 == nil }
      #expect(back == nil)
      // Another directory in its place is not what the container has.
      #expect(rename(path, path + ".away") == 0)
      try await run("rm", "-rf", path + ".away").expect()
      try makeDirectories(path, mode: 0o755)
      let other = try await remark(engine, "vol-a-1") { $0?.contains("made anew") == true }
      #expect(other?.contains("vol_data was removed and made anew") == true, "\(other ?? "")")
      let container = try #require(await engine.backend.containers.find(name: "vol-a-1"))
      try await container.stop(grace: .zero)
      try await container.start()
      #expect(try await engine.container("vol-a-1").remark == nil)
    }
  }
}
