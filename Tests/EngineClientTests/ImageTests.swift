import Backend
import EngineClient
import EngineWire
import OCI
import StackModel
import Synchronization
import Testing

/// Images over the socket: archives in both directions, and what is asked of images.
@Suite struct ImageTests {
  @Test func archivesComeWholeOrNotAtAll() async throws {
    let fake = FakeBackend()
    try await served(fake) { engine async throws in
      let received = Mutex<[UInt8]>([])
      try await engine.saveImages(SaveRequest(names: ["web", "a/b:1"], format: .ociArchive)) { bytes in received.withLock { $0 += bytes } }
      #expect(received.withLock { $0 } == [UInt8](repeating: 7, count: 3 << 20) + Array("end".utf8))
      #expect(fake.asked.withLock { $0.last } == #"save ["web", "a/b:1"] oci-archive -"#)
      let error = await #expect(throws: EngineError.self) { try await engine.saveImages(SaveRequest(names: ["broken"])) { _ in } }
      #expect(error?.message == "the layer is damaged")
      struct Full: Error {}
      await #expect(throws: Full.self) { try await engine.saveImages(SaveRequest(names: ["web"])) { _ in throw Full() } }
    }
  }

  @Test func archivesGoOutInPieces() async throws {
    let fake = FakeBackend()
    try await served(fake) { engine async throws in
      func pieces(_ pieces: [[UInt8]]) -> ImageSource {
        .pieces(
          AsyncThrowingStream { stream in
            for piece in pieces { stream.yield(piece) }
            stream.finish()
          })
      }
      let loaded = try await engine.loadImages(pieces([[UInt8](repeating: 1, count: 5 << 20), [2, 3]]))
      #expect(loaded.images.map(\.references) == [["web:latest"]])
      #expect(fake.asked.withLock { $0.last } == "load \((5 << 20) + 2) bytes")
      let error = await #expect(throws: EngineError.self) { try await engine.loadImages(pieces([[0xFF], [1]])) }
      #expect(error?.message == "this is no saved image")
      #expect(try await engine.loadImages(.path("/a.tar")).notes == ["a note"])
      await #expect(throws: EngineError.self) { try await engine.loadImages(.path("a.tar")) }
    }
  }

  @Test func detailsAndTheRest() async throws {
    let fake = FakeBackend()
    try await served(fake) { engine async throws in
      let detail = try await engine.image("registry:5000/team/web:1")
      #expect(detail.summary.references == ["registry:5000/team/web:1"])
      #expect(HistoryItem.all(of: detail).map(\.Size) == [0, 5])
      #expect(HistoryItem.all(of: detail).map(\.Id) == [digest("2").description, "<missing>"])
      let error = await #expect(throws: EngineError.self) { try await engine.image("absent") }
      #expect(error?.code == .notFound)
      #expect(try await engine.pruneImages(PruneRequest(all: true, labels: ["a=b"])).reclaimed == 12)
      let lines = Mutex<[Event.Kind]>([])
      var spec = BuildSpec(context: "/src")
      spec.options = BuildOptions()
      spec.options?.secrets["t"] = FileGrant(source: "t", target: "/run/secrets/t")
      let built = try await engine.buildImage(ImageBuildRequest(spec: spec, references: ["x"])) { event in
        lines.withLock { $0.append(event.kind) }
      }
      #expect(built == fake.images()[0] && lines.withLock { $0 } == [.output(subject: "Image x", line: "#1 FROM a")])
      await #expect(throws: EngineError.self) {
        try await engine.buildImage(ImageBuildRequest(spec: spec, references: ["broken"])) { _ in }
      }
      await #expect(throws: EngineError.self) {
        try await engine.buildImage(ImageBuildRequest(spec: BuildSpec(context: "src"), references: [])) { _ in }
      }
      await #expect(throws: EngineError.self) {
        try await engine.buildImage(ImageBuildRequest(spec: BuildSpec(context: "-"), sent: .archive("a.tar"), references: [])) { _ in }
      }
      let sent = ImageBuildRequest(spec: BuildSpec(context: "-", dockerfile: "sub/Dockerfile"), sent: .archive("/a.tar"), references: ["x"])
      #expect(try await engine.buildImage(sent) { _ in } == built)
      #expect(try await engine.checkBuild(sent) == BuildCheck(problem: "Dockerfile:1:1: no", lines: ["RUM"]))
      #expect(try await engine.verifyImages(VerifyRequest(repairs: false)).layers == 2)
      #expect(try await engine.information().NCPU == 2)
      #expect(try await engine.diskUsage().layersSize == 5)
      #expect(try await engine.pruneSystem(PruneRequest(all: true), volumes: true) == PruneReport())
      #expect(try await engine.commit(CommitRequest(container: "web/1", reference: "x", changes: ["CMD y"])).id == digest("8"))
      let received = Mutex<[UInt8]>([])
      try await engine.exportContainer("web-1") { bytes in received.withLock { $0 += bytes } }
      #expect(received.withLock { String(decoding: $0, as: UTF8.self) } == "files of web-1")
      #expect(try await engine.changes(of: "web-1").map(\.Kind.letter) == ["C", "A"])
      #expect(
        fake.asked.withLock { $0 } == [
          #"prune true ["a=b"]"#, #"build /src ["x"] ["t"]"#, #"build /src ["broken"] ["t"]"#, #"build - ["x"] []"#, "check -",
          "verify false", "system prune true true", #"commit web/1 x ["CMD y"]"#,
        ])
    }
  }

  @Test func filters() throws {
    func image(_ digit: String, _ references: [String], created: String? = nil, labels: [String: String] = [:]) -> ImageSummary {
      ImageSummary(id: digest(digit), references: references, created: created, size: 1, labels: labels)
    }
    let images = [
      image("1", ["web:1", "registry.example/team/web:2"], created: "2026-01-03T00:00:00Z", labels: ["team": "shop"]),
      image("2", ["db:1"], created: "2026-01-02T00:00:00Z", labels: ["team": "data", "x": ""]),
      image("3", [], created: "2026-01-01T00:00:00Z"),
    ]
    func ids(_ filters: String...) throws -> String {
      try ImageFilter(arguments: filters, time: { _ in 1_767_312_000_000_000_000 }).apply(to: images).map { String($0.id.hex.prefix(1)) }
        .joined()
    }
    #expect(try ids() == "123")
    #expect(try ids("dangling=true") == "3")
    #expect(try ids("dangling=false") == "12")
    #expect(try ids("label=team") == "12")
    #expect(try ids("label=team=shop") == "1")
    #expect(try ids("label=team", "label=x") == "2")
    #expect(try ids("before=web:1") == "23")
    #expect(try ids("since=db:1") == "1")
    #expect(try ids("since=33333") == "12")
    #expect(try ids("reference=web") == "1")
    #expect(try ids("reference=*:1") == "12")
    #expect(try ids("reference=*/team/*") == "1")
    #expect(try ids("reference=[a-d]b") == "2")
    #expect(try ids("until=x") == "3")
    let named = try ImageFilter(arguments: ["reference=*/*/web"], time: { _ in nil }).apply(to: images)
    #expect(named.map(\.references) == [["registry.example/team/web:2"]])
    for wrong in ["dangling", "dangling=", "dangling=maybe", "size=1", "reference=[", "until=never"] {
      #expect(throws: EngineError.self) { try ImageFilter(arguments: [wrong], time: { _ in nil }) }
    }
    #expect(throws: EngineError.self) { try ids("before=absent") }
  }
}
