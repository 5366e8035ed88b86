import Glibc
import TestSupport
import Testing

extension Scenarios {
  /// Plans: that they change nothing, and that a kept one is carried out or refused.
  @Suite struct Plans {
    private static let stack = """
      services:
        web:
          image: busybox
          init: true
          command: sleep 1000
          environment: { LEVEL: info, API_TOKEN: shown-to-nobody }
          secrets: [key]
          volumes: ["data:/data", "./made:/made"]
          networks: [front]
        built:
          build: { context: ., dockerfile_inline: "FROM busybox\\nRUN touch /x" }
          command: sleep 1000
      networks: { front: {} }
      volumes: { data: {} }
      secrets: { key: { file: ./key.txt } }
      """

    /// No pull, no build, no directory, no line in the engine's state.
    @Test func planningChangesNothing() async throws {
      try await Stage.play(Self.stack, files: ["key.txt": "one"]) { stage in
        func expectUntouched(_ what: String, _ body: () async throws -> Void) async throws {
          // The index of SQLite's log is memory that readers share.
          let before = try treeFingerprint(stage.muster.root, ignoring: ["-shm"]) + treeFingerprint(stage.directory)
          let host = try await stage.muster.ledger.entries()
          try await body()
          let after = try treeFingerprint(stage.muster.root, ignoring: ["-shm"]) + treeFingerprint(stage.directory)
          #expect(after.filter { !before.contains($0) } + before.filter { !after.contains($0) } == [], "\(what) has changed something")
          #expect(try await stage.muster.ledger.entries() == host, "\(what) has changed something on the host")
        }
        let kept = try TemporaryDirectory("kept")
        func planInEveryWay(_ status: Int32) async throws {
          let shown = try await stage("plan", "--detailed-exitcode", status: status)
          #expect(!shown.output.contains("shown-to-nobody"))
          let written = try await stage("plan", "--format", "json", "--out", kept("plan"))
          #expect(!written.output.contains("shown-to-nobody"))
          #expect(!(try readText(kept("plan"))).contains("shown-to-nobody"))
          try await stage("plan", "--remove-orphans", "--force-recreate", "--scale", "web=2")
          #expect(try await stage("--dry-run", "up").output.contains("container shop-web-1"))
        }
        try await expectUntouched("a plan of what is not there") { try await planInEveryWay(2) }
        try await stage("up", "--detach", "--no-build", "web")
        try await expectUntouched("a plan of what runs") {
          let some = try await stage("plan", "--detailed-exitcode", "web")
          #expect(some.output.hasPrefix("Nothing to do"), "\(some)")
          for words in [
            ["down", "--volumes"], ["stop"], ["restart"], ["kill"], ["rm", "--stop"], ["up", "-d", "--force-recreate", "web"],
            ["scale", "web=2"],
          ] {
            let tried = try await stage.muster(["--dry-run"] + words, in: stage.directory).expect()
            #expect(tried.output.contains("shop-web-"), "\(tried)")
          }
          let refused = try await stage.attempt("--dry-run", "exec", "web", "touch", "/made/x")
          #expect(refused.status == 1 && refused.errors.contains("--dry-run"), "\(refused)")
        }
        try stage.write("key.txt", "two")
        try stage.write("compose.yaml", Self.stack.replacing("info", with: "debug").replacing("front", with: "back"))
        try await expectUntouched("a plan of changes") { try await planInEveryWay(2) }
        let wrong = try await stage.attempt("plan", "--detailed-exitcode", "nothing")
        #expect(wrong.status == 1, "\(wrong)")
      }
    }

    @Test func aKeptPlanIsCarriedOutOnceAndRefusedWhenAnythingHasChanged() async throws {
      let stack = """
        services:
          web:
            image: busybox
            init: true
            command: sleep 1000
            environment: { LEVEL: info, API_TOKEN: shown-to-nobody }
            secrets: [key]
        secrets: { key: { file: ./key.txt } }
        """
      try await Stage.play(stack, files: ["key.txt": "one"]) { stage in
        func refused(_ words: String..., sourceLocation: SourceLocation = #_sourceLocation) async throws {
          let before = try await stage.containers().mapValues(\.ID)
          let outcome = try await stage.attempt("up", "--detach", "--plan", "plan")
          #expect(outcome.status == 1, "\(outcome)", sourceLocation: sourceLocation)
          for word in words { #expect(outcome.errors.contains(word), "\(outcome)", sourceLocation: sourceLocation) }
          #expect(!"\(outcome)".contains("shown-to-nobody"), sourceLocation: sourceLocation)
          #expect(try await stage.containers().mapValues(\.ID) == before, "it was done all the same", sourceLocation: sourceLocation)
        }
        try await stage("plan", "--out", "plan")
        var status = stat()
        #expect(lstat(stage.directory + "/plan", &status) == 0 && status.st_mode & 0o7777 == 0o600)
        let made = try await stage("up", "--detach", "--plan", "plan")
        #expect(made.errors.contains("shop-web-1"), "\(made)")
        #expect(try await stage.containers()["shop-web-1"]?.State == "running")
        // Done once, it is not what would be done now.
        try await refused("container shop-web-1 is there now", "network shop_default is there now")

        // Another stack file.
        try await stage("plan", "--out", "plan", "--force-recreate")
        try stage.write("compose.yaml", stack.replacing("info", with: "debug"))
        try await refused("in the stack file: service web: environment.LEVEL: info → debug")
        try stage.write("compose.yaml", stack.replacing("shown-to-nobody", with: "shown-to-nobody-2"))
        try await refused("in the stack file: service web has changed")
        try stage.write("compose.yaml", "# moved down\n" + stack)
        try stage.write("key.txt", "two")
        try await refused("in the stack file: secret key has changed")
        try stage.write("key.txt", "one")
        // A container that has ended.
        try await stage("kill", "web")
        try await refused("container shop-web-1: state: running → exited")
        try await stage("start")
        // What was, is again: nothing stands in the way.
        let id = try await stage.containers()["shop-web-1"]?.ID
        try await stage("up", "--detach", "--timeout", "0", "--plan", "plan")
        #expect(try await stage.containers()["shop-web-1"]?.ID != id, "--force-recreate was planned")

        // An image that has moved.
        try await stage("plan", "--out", "plan", "--force-recreate")
        try stage.write("context/Dockerfile", "FROM busybox\nRUN touch /moved\n")
        try stage.write("build.yaml", "services: { b: { build: ./context, image: \"busybox:latest\" } }")
        try await stage.muster(["-f", "build.yaml", "-p", "other", "build"], in: stage.directory).expect(0)
        try await refused("image busybox: id:")
      }
    }

    @Test func aFileThatIsNoPlanIsRefused() async throws {
      let stack = "services: { web: { image: busybox, init: true, command: sleep 1000 } }"
      try await Stage.play(stack) { stage in
        func refused(_ words: String, sourceLocation: SourceLocation = #_sourceLocation) async throws {
          let outcome = try await stage.attempt("up", "--detach", "--plan", "plan")
          #expect(outcome.status == 1 && outcome.errors.contains(words), "\(outcome)", sourceLocation: sourceLocation)
          #expect(try await stage.containers().isEmpty, sourceLocation: sourceLocation)
        }
        try await refused("there is no such file")
        #expect(mkfifo(stage.directory + "/plan", 0o600) == 0)
        try await refused("not a regular file")
        #expect(try await stage.attempt("plan", "--out", "plan").errors.contains("not a regular file"))
        unlink(stage.directory + "/plan")
        for text in [
          "", "{}", "[1]", "services: {}", "{\"format\": \"other\", \"version\": 1}", "\u{1B}[2J", String(repeating: "[", count: 100_000),
        ] {
          try stage.write("plan", text)
          try await refused("not a plan that `muster plan --out` has written")
        }
        try await stage("plan", "--out", "plan")
        let good = try readText(stage.directory + "/plan")
        try stage.write("plan", good.replacing("\"version\" : 1", with: "\"version\" : 2"))
        try await refused("version 2")
        try stage.write("plan", String(good.prefix(good.count / 2)))
        try await refused("not a plan")
        try stage.write("plan", good.replacing("\"expectation\"", with: "\"expectations\""))
        try await refused("there is no expectation")
        // Whoever writes other steps into the file gets nothing done.
        try stage.write("plan", good.replacing("+ create container shop-web-1", with: "+ create container shop-evil-1"))
        try await refused("not what would be done now")
        try stage.write("plan", good.replacing("\"project\" : \"shop\"", with: "\"project\" : \"shed\""))
        try await refused("plan of the project \"shed\"")
        try stage.write("plan", good)
        let mixed = try await stage.attempt("up", "--detach", "--plan", "plan", "--force-recreate")
        #expect(mixed.status != 0 && mixed.errors.contains("does what was planned"), "\(mixed)")
        try await stage("up", "--detach", "--wait", "--plan", "plan")
      }
    }
  }
}
