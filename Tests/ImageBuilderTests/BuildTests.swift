import Glibc
import ImageBuilder
import ImageStore
import LinuxKit
import OCI
import StackModel
import Synchronization
import Testing

@Suite struct BuildTests {
  @Test func makesAnImageWithDockersConfiguration() async throws {
    let fixture = try BuildFixture()
    try await fixture.makeBase()
    try fixture.write("context/app/run.sh", "#!/bin/sh\n", mode: 0o755)
    let image = try await fixture.build(
      """
      ARG VERSION=1
      FROM base:${VERSION}
      ARG VERSION
      ARG COLOUR=red
      ENV HOME_DIR=/srv MESSAGE="hello $COLOUR"
      LABEL org.example.version=$VERSION
      WORKDIR $HOME_DIR
      COPY app/ bin/
      RUN make it
      USER www-data
      EXPOSE 80 443/udp 9000-9001
      VOLUME /data
      STOPSIGNAL SIGQUIT
      HEALTHCHECK --interval=5s --retries=2 CMD check
      ENTRYPOINT ["/srv/bin/run.sh"]
      CMD serve
      """
    ) { $0.labels = ["added": "yes"] }
    let config = try #require(image.config.config)
    #expect(config.env == ["PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "HOME_DIR=/srv", "MESSAGE=hello red"])
    #expect(config.labels == ["org.example.version": "1", "added": "yes"])
    #expect(config.workingDir == "/srv")
    #expect(config.user == "www-data")
    #expect(config.exposedPorts.map { $0.keys.sorted() } == ["443/udp", "80/tcp", "9000/tcp", "9001/tcp"])
    #expect(config.volumes.map { Array($0.keys) } == ["/data"])
    #expect(config.stopSignal == "SIGQUIT")
    #expect(config.healthcheck?.test == ["CMD-SHELL", "check"])
    #expect(config.healthcheck?.interval == 5_000_000_000)
    #expect(config.entrypoint == ["/srv/bin/run.sh"])
    #expect(config.cmd == ["/bin/sh", "-c", "serve"])
    let layers = try #require(image.config.history).count { $0.emptyLayer != true }
    #expect(image.config.rootfs.diffIDs.count == 4 && layers == 4)
    #expect(image.config.history?.contains { $0.createdBy == "RUN |2 COLOUR=red VERSION=1 /bin/sh -c make it" } == true)
    let root = try fixture.view(image)
    #expect(try root.status("srv/bin/run.sh").permissions == 0o755)
    #expect(try root.read("ran", limit: 100) == Array("/bin/sh -c make it\n".utf8))
    let command = try #require(fixture.sandbox.commands.withLock { $0.first })
    #expect(command.workingDirectory == "/srv" && command.user == nil)
    #expect(command.environment["COLOUR"] == "red" && command.environment["MESSAGE"] == "hello red")
    #expect(command.environment["TARGETPLATFORM"] == nil)
    #expect(fixture.lines.contains("[2/4] WORKDIR $HOME_DIR"))
    #expect(fixture.lines.contains { $0.hasSuffix(" half a line") })
  }

  @Test func theSecondBuildDoesNothing() async throws {
    let fixture = try BuildFixture()
    try await fixture.makeBase()
    try fixture.write("context/a", "1")
    let dockerfile = "FROM base:1\nWORKDIR /w\nCOPY a .\nRUN one\nRUN two"
    let first = try await fixture.build(dockerfile)
    #expect(fixture.sandbox.ran == ["one", "two"])
    fixture.sandbox.forget()
    let second = try await fixture.build(dockerfile)
    #expect(second == first)
    #expect(fixture.sandbox.ran.isEmpty)
    #expect(fixture.lines.count { $0 == "CACHED" } == 4)
    // Time and owner of the file are not its content.
    try Descriptor.open(fixture.context + "/a", O_RDONLY).setTimes(accessed: FileTime(seconds: 1), modified: FileTime(seconds: 1))
    #expect(try await fixture.build(dockerfile) == first)
    // The store keeps what it knows.
    let store = try ImageStore(directory: fixture.path + "/images")
    #expect(await store.resolve("out") == first)
  }

  @Test(arguments: [
    ("content", "RUN one\nCOPY a .\nRUN two", ["two"]), ("mode", "RUN one\nCOPY a .\nRUN two", ["two"]),
    ("instruction", "RUN one\nRUN three", ["three"]),
    ("argument", "ARG X\nRUN one\nRUN two", ["one", "two"]), ("label", "LABEL a=b\nRUN one\nRUN two", []),
    ("nothing cached", "RUN one\nRUN two", ["one", "two"]),
  ])
  func whatChangesIsBuiltAgain(change: String, lines: String, expected: [String]) async throws {
    let fixture = try BuildFixture()
    try await fixture.makeBase()
    try fixture.write("context/a", "1")
    let before = change == "instruction" ? "RUN one\nRUN two" : change == "label" ? "RUN one\nRUN two" : lines
    try await fixture.build("FROM base:1\n" + before) { $0.arguments = ["X": "1"] }
    fixture.sandbox.forget()
    if change == "content" { try fixture.write("context/a", "2") }
    if change == "mode" { try check(chmod(fixture.context + "/a", 0o755)) }
    try await fixture.build("FROM base:1\n" + lines) {
      $0.arguments = ["X": change == "argument" ? "2" : "1"]
      $0.noCache = change == "nothing cached"
    }
    #expect(fixture.sandbox.ran == expected)
  }

  @Test func onlyTheStagesThatAreNeeded() async throws {
    let fixture = try BuildFixture()
    try await fixture.makeBase()
    let dockerfile = """
      FROM base:1 AS common
      RUN common
      FROM common AS tools
      RUN tools
      FROM base:1 AS unused
      RUN unused
      FROM scratch AS final
      COPY --from=tools --chown=5:6 /ran /tool
      COPY --from=0 /etc/passwd /p
      CMD ["/tool"]
      """
    let image = try await fixture.build(dockerfile)
    #expect(fixture.sandbox.ran == ["common", "tools"])
    let root = try fixture.view(image)
    #expect(try root.read("tool", limit: 100) == Array("/bin/sh -c tools\n".utf8))
    let status = try root.status("tool")
    #expect(status.uid == 5 && status.gid == 6)
    #expect(try !root.contains("etc"))
    fixture.sandbox.forget()
    _ = try await fixture.build(dockerfile) { $0.target = "common" }
    #expect(fixture.sandbox.ran.isEmpty)
    await #expect(throws: BuildError.self) { try await fixture.build(dockerfile) { $0.target = "none" } }
  }

  @Test func whatTheCacheHasLostIsMadeAgain() async throws {
    let fixture = try BuildFixture()
    try await fixture.makeBase()
    let dockerfile = "FROM base:1 AS a\nRUN one\nFROM base:1\nCOPY --from=a /ran /x"
    let first = try await fixture.build(dockerfile)
    #expect(try await fixture.store.removeUnusedLayers().lines.count == 1)
    #expect(try fixture.names("images/layers").count == 2)
    fixture.sandbox.forget()
    #expect(try await fixture.build(dockerfile) == first)
    #expect(fixture.sandbox.ran == ["one"])
  }

  @Test func triggersRunInTheNextBuild() async throws {
    let fixture = try BuildFixture()
    try await fixture.makeBase { $0.onBuild = ["RUN triggered", "ENV T=1"] }
    let image = try await fixture.build("FROM base:1\nRUN own")
    #expect(fixture.sandbox.ran == ["triggered", "own"])
    #expect(image.config.config?.onBuild == nil)
    #expect(image.config.config?.env?.contains("T=1") == true)
  }

  @Test func anImageWithoutContentCanBeMounted() async throws {
    let fixture = try BuildFixture()
    let image = try await fixture.build("FROM scratch\nCMD [\"/x\"]")
    #expect(image.layers == [fixture.store.emptyLayer])
    #expect(try await !fixture.store.seed(image.layers, path: "/", into: fixture.path + "/outside"))
    let next = try await fixture.build("FROM out\nRUN x", name: "next")
    #expect(try fixture.view(next).read("ran", limit: 100) == Array("/bin/sh -c x\n".utf8))
  }

  @Test func anEntryPointDropsTheBasesCommand() async throws {
    let fixture = try BuildFixture()
    try await fixture.makeBase()
    #expect(try await fixture.build("FROM base:1").config.config?.cmd == ["bash"])
    #expect(try await fixture.build("FROM base:1\nENTRYPOINT [\"x\"]").config.config?.cmd == nil)
  }

  @Test func hereDocuments() async throws {
    let fixture = try BuildFixture()
    try await fixture.makeBase()
    let image = try await fixture.build(
      "FROM base:1\nARG NAME=web\nRUN <<EOF\none\ntwo\nEOF\nRUN cat <<X\nthree\nX\nCOPY <<A <<'B' /files/\n$NAME\nA\n$NAME\nB\n")
    #expect(fixture.sandbox.ran == ["one\ntwo\n", "cat <<X\nthree\nX"])
    let root = try fixture.view(image)
    #expect(try root.read("files/A", limit: 100) == Array("web\n".utf8))
    #expect(try root.read("files/B", limit: 100) == Array("$NAME\n".utf8))
  }

  /// The same sources give the same bytes, in another store and at another time.
  @Test func aSourceDateMakesImagesThatAreEqual() async throws {
    func build(_ text: String?) async throws -> (Image, FileTime) {
      let fixture = try BuildFixture()
      try fixture.write("context/dir/f", "content")
      var times = [timeval(tv_sec: 1_000_000_000, tv_usec: 0), timeval(tv_sec: 1_000_000_000, tv_usec: 0)]
      try check(utimes(fixture.context + "/dir/f", &times))
      let dockerfile = "FROM scratch\nWORKDIR /w\nRUN one\nCOPY dir d\nENV A=1\nENTRYPOINT [\"x\"]"
      let image = try await fixture.build(dockerfile) { $0.arguments["SOURCE_DATE_EPOCH"] = text }
      #expect(!fixture.lines.contains { $0.hasPrefix("[Warning]") })
      let root = try fixture.view(image)
      #expect(try root.status("w/d/f").modified.seconds == 1_000_000_000)
      return (image, try root.status("ran").modified)
    }
    let (first, time) = try await build("1234567890")
    let (second, _) = try await build("1234567890")
    #expect(first.id == second.id && first.config.rootfs == second.config.rootfs)
    #expect(first.config.created == "2009-02-13T23:31:30.000000000Z" && time == FileTime(seconds: 1_234_567_890))
    let (other, _) = try await build("1234567891")
    #expect(other.id != first.id)
    await #expect(throws: BuildError.self) { try await build("yesterday") }
  }

  /// A document with an interpreter of its own is a program, where BuildKit has it.
  @Test func aHereDocumentCanBeAProgram() async throws {
    let fixture = try BuildFixture()
    try await fixture.makeBase()
    let seen = Mutex("")
    fixture.sandbox.action.withLock {
      $0 = { command, root in
        guard case .path(let file, isReadOnly: true)? = command.mounts.first?.source else { return 1 }
        let made = try Descriptor.open(file, O_RDONLY)
        let text = try String(decoding: readFile(file, limit: 100), as: UTF8.self)
        try seen.withLock { $0 = "\(command.arguments) \(command.mounts[0].target) \(try made.status().permissions) \(text)" }
        return 0
      }
    }
    let text = "FROM base:1\nRUN <<PY\n#!/usr/bin/python3\nprint(1)\nPY\n"
    try await fixture.build(text)
    #expect(seen.withLock { $0 } == "[\"/dev/pipes/PY\"] /dev/pipes/PY \(0o755) #!/usr/bin/python3\nprint(1)\n")
    fixture.sandbox.forget()
    try await fixture.build(text)
    #expect(fixture.sandbox.commands.withLock { $0.isEmpty })
    try await fixture.build(text.replacing("(1)", with: "(2)"))
    #expect(fixture.sandbox.commands.withLock { $0.count } == 1)
  }

  /// Stages that do not need each other run at the same time: here each waits for the other.
  @Test func independentStagesRunAtOnce() async throws {
    let fixture = try BuildFixture()
    try await fixture.makeBase()
    let begun = Mutex<Set<String>>([])
    fixture.sandbox.action.withLock {
      $0 = { command, root in
        let name = command.arguments.last ?? ""
        begun.withLock { _ = $0.insert(name) }
        for _ in 0..<2000 where begun.withLock({ $0.count }) < 2 { usleep(5000) }
        try root.createFile(name).writeAll(name)
        return begun.withLock { $0.count } >= 2 ? 0 : 1
      }
    }
    let image = try await fixture.build(
      """
      FROM base:1 AS left
      RUN l
      FROM base:1 AS right
      RUN r
      FROM scratch
      COPY --from=left /l /
      COPY --from=right /r /
      """)
    let root = try fixture.view(image)
    #expect(try root.contains("l") && root.contains("r"))
  }

  /// The stage that fails tells why; the others are broken off and leave nothing.
  @Test func aStageThatFailsEndsTheOthers() async throws {
    let fixture = try BuildFixture()
    try await fixture.makeBase()
    fixture.sandbox.action.withLock { $0 = { command, _ in command.arguments.last == "bad" ? 3 : 0 } }
    let dockerfile = """
      FROM base:1 AS good
      RUN good
      FROM base:1 AS bad
      RUN bad
      FROM good
      COPY --from=bad /x /x
      RUN never
      """
    do {
      try await fixture.build(dockerfile)
      Issue.record("no error")
    } catch { #expect("\(error)".contains("did not complete successfully: exit code: 3"), "\(error)") }
    #expect(!fixture.sandbox.ran.contains("never"))
    #expect(await fixture.store.resolve("out") == nil)
    #expect(try fixture.names("images/temp").isEmpty)
  }

  @Test func aFailedCommandLeavesNothing() async throws {
    let fixture = try BuildFixture()
    try await fixture.makeBase()
    let layers = try fixture.names("images/layers")
    fixture.sandbox.action.withLock {
      $0 = { command, root in
        try root.createFile("half").writeAll("x")
        return 7
      }
    }
    do {
      try await fixture.build("FROM base:1\nRUN break")
      Issue.record("no error")
    } catch {
      #expect("\(error)" == "dockerfile_inline:2:1: process \"/bin/sh -c break\" did not complete successfully: exit code: 7")
    }
    #expect(await fixture.store.resolve("out") == nil)
    #expect(try fixture.names("images/layers") == layers)
    #expect(try fixture.names("images/temp").isEmpty)
    #expect(try fixture.names("images/cache").isEmpty)
    // The base is not held any more.
    #expect(try await fixture.store.remove("base:1", use: { _ in nil }).lines.count == 3)
  }

  @Test func aCancelledBuildLeavesNothing() async throws {
    let fixture = try BuildFixture()
    try await fixture.makeBase()
    let layers = try fixture.names("images/layers")
    // The command itself cancels the build that waits for it.
    let (gate, opener) = AsyncStream.makeStream(of: Void.self)
    let build = Task {
      for await _ in gate {}
      return try await fixture.build("FROM base:1\nRUN x")
    }
    fixture.sandbox.action.withLock {
      $0 = { _, root in
        try root.createFile("half").writeAll("x")
        build.cancel()
        return 0
      }
    }
    opener.finish()
    await #expect(throws: CancellationError.self) { try await build.value }
    #expect(try fixture.names("images/layers") == layers)
    #expect(fixture.sandbox.ran == ["x"])
    #expect(try fixture.names("images/temp").isEmpty)
    #expect(try fixture.names("images/cache").isEmpty)
    #expect(await fixture.store.resolve("out") == nil)
  }

  @Test(arguments: [
    (
      "FROM missing:1",
      "dockerfile_inline:1:1: the image missing:1 cannot be pulled: no registry has it"
    ),
    (
      "FROM base:1\nADD ftp://127.0.0.1/x /x",
      "dockerfile_inline:2:1: ADD of ftp://127.0.0.1/x: this builder adds files of the build context, of http:// and https://, and of git repositories (fetch it in a RUN)"
    ),
    (
      "FROM base:1\nADD http://127.0.0.1:1/x f /x/",
      "dockerfile_inline:2:1: ADD has files of the web and of the build context (write an ADD for each)"
    ),
    (
      "FROM base:1\nADD --checksum=sha256:1 f /x",
      "dockerfile_inline:2:5: --checksum is for files of http:// and https:// alone"
    ),
    (
      "FROM base:1\nADD http://127.0.0.1:1/a/ /x/",
      "dockerfile_inline:2:1: ADD http://127.0.0.1:1/a/ has no name of its own for the directory that it goes to (name the file at the destination)"
    ),
    (
      "FROM base:1\nCOPY ../outside/secret /x",
      "dockerfile_inline:2:1: \"../outside/secret\" is outside the build context CONTEXT (only what is inside can be copied)"
    ),
    ("FROM base:1\nCOPY none /x", "dockerfile_inline:2:1: \"none\" is not in the build context CONTEXT"),
    ("FROM base:1\nCOPY no*ne /x", "dockerfile_inline:2:1: \"no*ne\" is not in the build context CONTEXT"),
    ("FROM base:1\nCOPY hidden /x", "dockerfile_inline:2:1: \"hidden\" is left out of the build context by .dockerignore"),
    (
      "FROM base:1\nCOPY f g /x",
      "dockerfile_inline:2:1: COPY has more than one source, so the destination must be a directory (end it with a /)"
    ),
    ("FROM base:1\nCOPY --chown=nobody f /x", "dockerfile_inline:2:1: the image's /etc/passwd has no 'nobody' (use its number)"),
    ("FROM base:1\nCOPY f /real\nCOPY d /etc/passwd", "dockerfile_inline:3:1: /etc/passwd is no directory"),
    ("FROM base:1\nEXPOSE 99999", "dockerfile_inline:2:1: '99999' is no port (80, 80/udp or 8000-8010)"),
    ("FROM --platform=linux/s390x base:1", "dockerfile_inline:1:6: this machine builds for \(Platform.current) only, not for linux/s390x"),
    ("FROM base:1\nENV A=\"${X:?set it}\"", "dockerfile_inline:2:1: X: set it"),
    (
      "FROM base:1\nHEALTHCHECK --interval=5x CMD a",
      "dockerfile_inline:2:13: --interval takes a time of at least 1ms, not '5x' (30s, 1m30s, 500ms)"
    ),
  ])
  func refuses(dockerfile: String, message: String) async throws {
    let fixture = try BuildFixture()
    try await fixture.makeBase()
    for name in ["f", "g", "hidden", "d/x"] { try fixture.write("context/" + name, name) }
    try fixture.write("context/.dockerignore", "hidden\n")
    do {
      try await fixture.build(dockerfile)
      Issue.record("no error")
    } catch { #expect("\(error)" == message.replacing("CONTEXT", with: fixture.context)) }
    #expect(await fixture.store.resolve("out") == nil)
    #expect(try fixture.names("images/temp").isEmpty)
  }
}
