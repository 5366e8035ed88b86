import Backend
import EngineClient
import Reconciler
import StackModel
import Synchronization
import Testing

/// Single containers and volumes over the socket.
@Suite struct ContainerTests {
  @Test func archivesBothWays() async throws {
    let fake = FakeBackend()
    try await served(fake) { engine async throws in
      let path = ContainerPath(container: "web 1", path: "/a b/ü")
      #expect(try await engine.status(of: path).name == "/a b/ü")
      var following = path
      following.followsLink = true
      #expect(try await engine.status(of: following).mode == 0o644)
      let received = Mutex<[UInt8]>([])
      try await engine.readArchive(path) { bytes in received.withLock { $0 += bytes } }
      #expect(received.withLock { String(decoding: $0, as: UTF8.self) } == "archive of /a b/ü")
      let pieces = AsyncThrowingStream<[UInt8], any Error> { stream in
        stream.yield(Array("one ".utf8))
        stream.yield(Array("two".utf8))
        stream.finish()
      }
      #expect(try await engine.writeArchive(path, ArchiveOptions(), pieces) == ["a note"])
      #expect(fake.asked.withLock { $0.last } == "archive web 1:/a b/ü true one two")
    }
  }

  @Test func brokenArchives() async throws {
    let fake = FakeBackend()
    try await served(fake) { engine async throws in
      let missing = await #expect(throws: EngineError.self) {
        try await engine.readArchive(ContainerPath(container: "web", path: "/missing")) { _ in }
      }
      #expect(missing?.code == .notFound)
      // What breaks off is no whole archive, in either direction.
      await #expect(throws: EngineError.self) { try await engine.readArchive(ContainerPath(container: "web", path: "/broken")) { _ in } }
      struct Unreadable: Error {}
      let pieces = AsyncThrowingStream<[UInt8], any Error> { stream in
        stream.yield([1, 2, 3])
        stream.finish(throwing: Unreadable())
      }
      await #expect(throws: Unreadable.self) {
        try await engine.writeArchive(ContainerPath(container: "web", path: "/"), ArchiveOptions(), pieces)
      }
      #expect(fake.asked.withLock { $0 }.allSatisfy { !$0.hasPrefix("archive") })
    }
  }

  @Test func verbs() async throws {
    let fake = FakeBackend()
    try await served(fake) { engine async throws in
      #expect(try await engine.container("web-1").spec.name == "web-1")
      #expect(try await engine.act(on: "web-1", .stop(timeout: -1, signal: "HUP")) == ["a note"])
      #expect(fake.asked.withLock { $0.last }?.contains("stop") == true)
      let held = await #expect(throws: EngineError.self) { try await engine.act(on: "held", .pause) }
      #expect(held?.message == "it is held")
      #expect(try await engine.processes(of: "web-1", ["-o", "pid,cmd"]).Processes == [["1", "web-1 -o pid,cmd"]])
      #expect(try await engine.statistics(of: "web-1").name == "/web-1")
      #expect(try await engine.volumes().map(\.Name) == ["data"])
      try await engine.removeVolume(named: "a/b")
      #expect(fake.asked.withLock { $0.last } == "volume rm a/b")
      let exported = Mutex<[UInt8]>([])
      try await engine.exportVolume(named: "data") { bytes in exported.withLock { $0 += bytes } }
      #expect(exported.withLock { String(decoding: $0, as: UTF8.self) } == "volume data")
      let unknown = await #expect(throws: EngineError.self) { try await engine.exportVolume(named: "a/b") { _ in } }
      #expect(unknown?.code == .notFound)
      let pieces = AsyncThrowingStream<[UInt8], any Error> { stream in
        for piece in ["one ", "two"] { stream.yield(Array(piece.utf8)) }
        stream.finish()
      }
      #expect(try await engine.importVolume(named: "a/b", replaces: true, pieces) == ["a note"])
      #expect(fake.asked.withLock { $0.last } == "volume import a/b true one two")
      _ = try await engine.snapshotVolume(named: "data", VolumeSnapshot(name: "x", pauses: false))
      #expect(fake.asked.withLock { $0.last } == "volume snapshot data x false")
    }
  }
}
