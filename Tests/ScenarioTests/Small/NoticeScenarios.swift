import TestSupport
import Testing

extension Scenarios {
  /// Changes that no key of the stack file shows, and what must not go by mistake.
  @Suite struct Notices {
    /// A file of the project that is mounted read-only is configuration: another content makes the container anew. Others are left alone.
    @Test func aMountedFileThatChangedIsSeen() async throws {
      let stack = """
        services:
          web:
            image: busybox
            init: true
            command: sleep 1000
            volumes: ["./site.conf:/site.conf:ro", "./state.db:/state.db", "./dir:/dir:ro"]
        """
      try await Stage.play(stack, files: ["site.conf": "first-content", "state.db": "1", "dir/x": "1"]) { stage in
        try await stage("up", "--detach")
        #expect(try await stage("plan").output.hasPrefix("Nothing to do"))
        let id = try await stage.containers()["shop-web-1"]?.ID
        try stage.write("state.db", "2")
        try stage.write("dir/x", "2")
        #expect(try await stage("plan").output.hasPrefix("Nothing to do"), "what can be written to, or is a directory")
        try stage.write("site.conf", "second-content")
        let plan = try await stage("plan", "--detailed-exitcode", status: 2)
        #expect(plan.output.contains("~ container shop-web-1") && plan.output.contains("volumes./site.conf   changed"), "\(plan)")
        #expect(!plan.output.contains("content "))
        // A restart has it too, and then there is nothing to do.
        try await stage("restart", "--timeout", "0")
        #expect(try await stage("plan").output.hasPrefix("Nothing to do"))
        try stage.write("site.conf", "third-content")
        try await stage("up", "--detach", "--timeout", "0")
        #expect(try await stage("exec", "-T", "web", "cat", "/site.conf").output == "third-content")
        #expect(try await stage.containers()["shop-web-1"]?.ID != id)
        #expect(try await stage("plan").output.hasPrefix("Nothing to do"))
      }
    }

    @Test func aDockerfileOrContextThatChangedIsBuilt() async throws {
      let stack = """
        services:
          web:
            build: ./context
            init: true
            command: sleep 1000
        """
      let files = [
        "context/Dockerfile": "FROM busybox\nCOPY page /page\n", "context/page": "one\n", "context/.dockerignore": "notes\n",
        "context/notes": "a",
      ]
      try await Stage.play(stack, files: files) { stage in
        try await stage("up", "--detach")
        let id = try await stage.containers()["shop-web-1"]?.ID
        #expect(try await stage("plan").output.hasPrefix("Nothing to do"))
        try stage.write("context/notes", "b")
        try await run("touch", "--date", "2001-01-01", stage.directory + "/context/page").expect()
        #expect(try await stage("plan").output.hasPrefix("Nothing to do"), "what is ignored, or has another time only")
        try stage.write("context/page", "two\n")
        let plan = try await stage("plan", "--detailed-exitcode", status: 2)
        #expect(plan.output.contains("build: its Dockerfile, its context or its build arguments changed"), "\(plan)")
        #expect(try await stage("plan", "--no-build").output.hasPrefix("Nothing to do"))
        try await stage("up", "--detach", "--timeout", "0")
        #expect(try await stage("exec", "-T", "web", "cat", "/page").output == "two\n")
        #expect(try await stage.containers()["shop-web-1"]?.ID != id)
        #expect(try await stage("plan").output.hasPrefix("Nothing to do"))
        // It outlives the engine.
        #expect(await stage.muster.endEngine(9))
        #expect(try await stage("plan").output.hasPrefix("Nothing to do"))
        try stage.write("compose.yaml", stack.replacing("build: ./context", with: "build: { context: ./context, args: { A: b } }"))
        #expect(try await stage("plan").output.contains("build arguments changed"))
      }
    }

    @Test func downWithVolumesSaysWhatGoesAndAsksAtATerminal() async throws {
      let stack = """
        services:
          web: { image: busybox, init: true, command: sleep 1000, volumes: ["data:/data", "/anonymous"] }
        volumes: { data: {} }
        """
      try await Stage.play(stack) { stage in
        try await stage("up", "--detach")
        let asked = try stage.start("down", "--volumes", "--timeout", "0", streams: .terminal(rows: 25, columns: 80))
        try await asked.shows("[yN]")
        try asked.send("n\n")
        let refused = await asked.end()
        #expect(refused.status == 1, "\(refused)")
        #expect(
          refused.output.contains("shop_data") && refused.output.contains("(1 anonymous)") && refused.output.contains("made"), "\(refused)")
        #expect(refused.output.contains("Nothing is removed"), "\(refused)")
        #expect(try await stage.containers()["shop-web-1"]?.State == "running")
        let agreed = try stage.start("down", "--volumes", "--timeout", "0", streams: .terminal(rows: 25, columns: 80))
        try await agreed.shows("[yN]")
        try agreed.send("y\n")
        #expect(await agreed.end().status == 0)
        #expect(try await stage.containers().isEmpty)
        // In a pipe nobody is asked, and with --yes neither.
        try await stage("up", "--detach")
        let piped = try await stage("down", "--volumes", "--timeout", "0")
        #expect(piped.errors.contains("shop_data") && !piped.errors.contains("[yN]"), "\(piped)")
        try await stage("up", "--detach")
        let sure = try stage.start("down", "--volumes", "--yes", "--timeout", "0", streams: .terminal(rows: 25, columns: 80))
        #expect(await sure.end().status == 0)
      }
    }

    @Test func whatIsProtectedStays() async throws {
      let stack = { (top: String, volume: String) in
        """
        \(top)
        services:
          web: { image: busybox, init: true, command: sleep 1000, volumes: ["data:/data"] }
        volumes: { data: { \(volume) } }
        """
      }
      let protect = "x-muster: { protect: true }"
      try await Stage.play(stack(protect, "")) { stage in
        try await stage("up", "--detach")
        try await stage("exec", "-T", "web", "sh", "-c", "echo dear >/data/file")
        for arguments in [["down"], ["down", "--volumes", "--yes"]] {
          let refused = try await stage.muster(arguments, in: stage.directory)
          #expect(refused.status == 1 && refused.errors.contains("\"shop\" is protected"), "\(refused)")
        }
        #expect(try await stage.containers()["shop-web-1"]?.State == "running")
        try stage.write("compose.yaml", stack("", protect))
        try await stage("up", "--detach")
        let refused = try await stage.attempt("down", "--volumes", "--timeout", "0")
        #expect(refused.status == 1 && refused.errors.contains("not removed: volume shop_data"), "\(refused)")
        #expect(try await stage.containers()["shop-web-1"]?.State == "running", "nothing may go when one thing must not")
        try await stage("down", "--timeout", "0")
        try await stage("up", "--detach")
        #expect(try await stage("exec", "-T", "web", "cat", "/data/file").output == "dear\n")
        try stage.write("compose.yaml", stack("", ""))
        try await stage("up", "--detach")
      }
    }

    @Test func aRenamedServiceIsTold() async throws {
      let stack = "services: { web: { image: busybox, init: true, command: sleep 1000, labels: { a: b } } }"
      try await Stage.play(stack) { stage in
        try await stage("up", "--detach")
        try stage.write("compose.yaml", stack.replacing("web:", with: "site:"))
        let plan = try await stage("plan")
        #expect(plan.output.contains("service web seems to be renamed to site"), "\(plan)")
        try await stage("up", "--detach", "--remove-orphans", "--timeout", "0")
        #expect(try await stage.containers().keys.sorted() == ["shop-site-1"])
      }
    }
  }
}
