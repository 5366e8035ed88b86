import Glibc
import TestSupport
import Testing

extension Scenarios {
  /// The main promise: `make demo`, a blog that works, and nothing left in the end.
  @Suite(.timeLimit(.minutes(30))) struct WordPress {
    @Test func fromNothingToABlogAndBack() async throws {
      let port = try freePort()
      let stage = try Stage(in: repository + "/examples/wordpress", environment: ["WORDPRESS_PORT": String(port)])
      try await stage.play { stage in
        let demo = try await makeDemo(on: stage)
        #expect(demo.lines.last == "WordPress is at http://localhost:\(port)/", "\(demo)")
        let blog = try Blog(address: "http://127.0.0.1:\(port)")
        #expect(try await blog.asksForInstallation())
        try await blog.install(title: "Muster's blog")
        let post = try await blog.publish(title: "First post", content: "It is kept in MariaDB.")
        #expect(try await fetch(post).body.contains("It is kept in MariaDB."))
        #expect(try await fetch(blog.address + "/").body.contains("First post"))

        try await expectTheRequestInTheLog(on: stage, blog)
        try await expectNoPasswordAnywhere(on: stage)
        try await expectNothingToDo(on: stage)
        try await expectLifeWithoutEngine(on: stage, port: port, post: post)

        try await stage("down")
        #expect(try await stage("ps", "--all", "--quiet").output.isEmpty)
        await #expect(throws: NoAnswer.self) { try await fetch(post) }
        try await stage("up", "--detach", "--wait")
        #expect(try await fetch(post).body.contains("It is kept in MariaDB."), "down lost the post")

        try await stage("down", "--volumes")
        try await stage("up", "--detach", "--wait")
        #expect(try await blog.asksForInstallation(), "down --volumes kept the blog")
      }
    }

    /// `make demo` with the programs that are built already, the example's own port and this stage's engine.
    private func makeDemo(on stage: Stage) async throws -> Outcome {
      let started = ContinuousClock.now
      let demo = try await run(
        ["make", "--directory", repository, "--no-print-directory", "--old-file=build", "demo", "bin=\(Muster.programs)"],
        environment: stage.muster.environment.merging(stage.environment) { _, new in new }
      ).expect()
      print("make demo, without building Muster: \(ContinuousClock.now - started)")
      return demo
    }

    private func expectTheRequestInTheLog(on stage: Stage, _ blog: Blog) async throws {
      _ = try await blog.page("/?first-request")
      let log = try await eventually {
        try await stage("logs", "wordpress")
      } until: {
        $0.output.contains("GET /?first-request ")
      }
      #expect(log.lines.contains { $0.hasPrefix("wordpress-1") && $0.contains("GET /?first-request ") }, "\(log)")

      let follow = try stage.start("logs", "--follow", "--tail", "0", "wordpress")
      // Nothing announces that a follower is there, so pages are asked for until one is seen.
      _ = try await eventually {
        _ = try await blog.page("/?knock")
        return follow.soFar
      } until: {
        $0.output.contains("/?knock")
      }
      _ = try await blog.page("/?second-request")
      let answered = ContinuousClock.now
      try await follow.shows("GET /?second-request ")
      print("logs --follow: the request was seen \(ContinuousClock.now - answered) after its answer")
      #expect(!follow.soFar.output.contains("first-request"))
      follow.signal(SIGINT)
      _ = await follow.end()
    }

    private func expectNoPasswordAnywhere(on stage: Stage) async throws {
      let secrets = try ["db_password", "db_root_password", "wordpress_salt"].map {
        try readText("\(stage.directory)/secrets/\($0)").split(separator: "\n").first.map(String.init) ?? ""
      }
      #expect(secrets.allSatisfy { $0.utf8.count >= 24 })
      let processes = HostLedger.processes(under: stage.muster.root)
      #expect(processes.count >= 6, "two shims, MariaDB, Apache and its children, the engine")
      for pid in processes {
        for file in ["environ", "cmdline"] {
          let text = (try? readText("/proc/\(pid)/\(file)")) ?? ""
          #expect(!secrets.contains(where: text.contains), "a secret is in /proc/\(pid)/\(file) of \(text.prefix(60))")
        }
      }
      let said = [
        try await stage("config"), try await stage("plan"), try await stage("logs"), try await stage("ps", "--all", "--format", "json"),
        try await stage("images"), try await stage("exec", "-T", "wordpress", "env"), try await stage("exec", "-T", "db", "env"),
      ]
      for outcome in said { #expect(!secrets.contains(where: "\(outcome)".contains), "a secret is shown by \(outcome.command)") }
      // Layers, the containers' own files, logs, the database, both volumes.
      for secret in secrets {
        let found = try await run(
          "grep", "--recursive", "--files-with-matches", "--text", "--fixed-strings", "-e", secret, stage.muster.root)
        #expect(found.output.isEmpty, "a secret lies in clear in\n\(found.output)")
      }
    }

    private func expectNothingToDo(on stage: Stage) async throws {
      let before = try await stage.containers().mapValues(\.ID)
      #expect(try await stage("plan").output.contains("Nothing to do"))
      try await stage("up", "--detach", "--build", "--wait")
      #expect(try await stage.containers().mapValues(\.ID) == before, "a second build or up changed something")
    }

    private func expectLifeWithoutEngine(on stage: Stage, port: UInt16, post: String) async throws {
      let before = try await stage.containers().mapValues(\.ID)
      #expect(await stage.muster.endEngine(SIGKILL))
      let address = try await run("ip", "-4", "-o", "address", "show", "up", "scope", "global").expect().output
        .firstMatch(of: /inet (\d+\.\d+\.\d+\.\d+)/)?.output.1
      let path = post.dropFirst("http://127.0.0.1:\(port)".count)
      let page = try await Browser().open("http://\(try #require(address)):\(port)\(path)", headers: ["Host: 127.0.0.1:\(port)"])
      #expect(page.body.contains("It is kept in MariaDB."), "without an engine: \(page)")
      #expect(try await stage.containers().mapValues(\.ID) == before, "the next engine lost them")
      #expect(try await fetch(post).body.contains("It is kept in MariaDB."))
    }
  }
}
