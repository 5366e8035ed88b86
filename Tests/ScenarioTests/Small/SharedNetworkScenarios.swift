import Glibc
import TestSupport
import Testing

extension Scenarios {
  /// `network_mode: service:x`: whatever becomes of x, who shares its network keeps its interface and goes on.
  @Suite struct SharedNetworks {
    private static func stack(_ port: UInt16, _ value: Int) -> String {
      """
      services:
        x:
          image: busybox
          init: true
          command: sleep 1000
          restart: always
          ports: ["\(port):80"]
          environment: { VALUE: "\(value)" }
        side:
          image: busybox
          init: true
          network_mode: "service:x"
          command: ["sh", "-c", "mkdir -p /tmp/www; echo side >/tmp/www/index.html; exec httpd -f -p 80 -h /tmp/www"]
        other: { image: busybox, init: true, command: sleep 1000 }
      """
    }

    private func inspect(_ stage: Stage, _ name: String, _ template: String) async throws -> String {
      String(try await stage("container", "inspect", "-f", template, name).output.dropLast())
    }

    private func namespace(_ stage: Stage, _ service: String) async throws -> String {
      try await stage("exec", "-T", service, "readlink", "/proc/self/ns/net").output
    }

    /// Which container side is, which process, and since when.
    private func place(_ stage: Stage) async throws -> String {
      try await inspect(stage, "shop-side-1", "{{.Id}} {{.State.Pid}} {{.State.StartedAt}}")
    }

    /// Both are in side's namespace, which is the one that it was; both find another service, and others find side's server by x's name.
    private func expectTogether(
      _ stage: Stage, _ port: UInt16, place: String, namespace: String, _ when: String, sourceLocation: SourceLocation = #_sourceLocation
    ) async throws {
      #expect(try await self.place(stage) == place, "\(when)", sourceLocation: sourceLocation)
      for service in ["side", "x"] {
        #expect(try await self.namespace(stage, service) == namespace, "\(service): \(when)", sourceLocation: sourceLocation)
        #expect(
          try await stage.attempt("exec", "-T", service, "ping", "-c", "1", "-W", "5", "other").status == 0, "\(service): \(when)",
          sourceLocation: sourceLocation)
      }
      try await expectServed(stage, port, when, sourceLocation: sourceLocation)
      #expect(try await stage("plan").output.contains("Nothing to do"), "\(when)", sourceLocation: sourceLocation)
    }

    private func expectServed(
      _ stage: Stage, _ port: UInt16, _ when: String, sourceLocation: SourceLocation = #_sourceLocation
    ) async throws {
      for name in ["x", "shop-x-1"] {
        let page = try await stage.attempt("exec", "-T", "other", "timeout", "5", "wget", "-q", "-O", "-", "http://\(name)/")
        #expect(page.output == "side\n", "\(name): \(when): \(page)", sourceLocation: sourceLocation)
      }
      #expect(try await fetch("http://127.0.0.1:\(port)/").body == "side\n", "\(when)", sourceLocation: sourceLocation)
    }

    private func waitForRestart(_ stage: Stage, besides pid: String) async throws {
      let now = try await eventually {
        try await inspect(stage, "shop-x-1", "{{.State.Status}} {{.State.Pid}}")
      } until: {
        $0.hasPrefix("running ") && $0 != "running " + pid
      }
      #expect(now.hasPrefix("running ") && now != "running " + pid)
    }

    /// Until side's server answers.
    private func bringUp(_ stage: Stage, _ port: UInt16) async throws {
      try await stage("up", "--detach")
      _ = try await eventually {
        try? await fetch("http://127.0.0.1:\(port)/")
      } until: {
        $0?.status == 200
      }
    }

    @Test func xIsReplacedAndWhoSharesItsNetworkGoesOn() async throws {
      let port = try freePort()
      try await Stage.play(Self.stack(port, 1)) { stage in
        try await bringUp(stage, port)
        let place = try await place(stage)
        let own = try await namespace(stage, "side")
        try await expectTogether(stage, port, place: place, namespace: own, "at first")

        try await stage("restart", "x")
        try await expectTogether(stage, port, place: place, namespace: own, "restarted")

        var pid = try await inspect(stage, "shop-x-1", "{{.State.Pid}}")
        kill(try #require(Int32(pid)), SIGKILL)
        try await waitForRestart(stage, besides: pid)
        try await expectTogether(stage, port, place: place, namespace: own, "killed")

        let first = try await inspect(stage, "shop-x-1", "{{.Id}}")
        try stage.write("compose.yaml", Self.stack(port, 2))
        let plan = try await stage("plan").output
        #expect(plan.contains("shop-x-1") && !plan.contains("shop-side-1"), "\(plan)")
        try await stage("up", "--detach")
        let second = try await inspect(stage, "shop-x-1", "{{.Id}}")
        #expect(second != first)
        #expect(try await stage("exec", "-T", "x", "sh", "-c", "echo $VALUE").output == "2\n")
        try await expectTogether(stage, port, place: place, namespace: own, "made anew")

        try await stage("up", "--detach", "--force-recreate", "x")
        #expect(try await inspect(stage, "shop-x-1", "{{.Id}}") != second)
        try await expectTogether(stage, port, place: place, namespace: own, "made anew by force")

        // While x is not there, all the rest of it is.
        try await stage("stop", "--timeout", "0", "x")
        try await expectServed(stage, port, "stopped")
        #expect(await stage.muster.endEngine(SIGKILL))
        try await expectServed(stage, port, "stopped, and the engine another one")
        #expect(try await self.place(stage) == place)
        try await stage("start", "x")
        try await expectTogether(stage, port, place: place, namespace: own, "stopped and started")

        pid = try await inspect(stage, "shop-x-1", "{{.State.Pid}}")
        #expect(await stage.muster.endEngine(SIGKILL))
        kill(try #require(Int32(pid)), SIGKILL)
        #expect(await hasEnded(try #require(Int32(pid))))
        try await waitForRestart(stage, besides: pid)
        try await expectTogether(stage, port, place: place, namespace: own, "killed while there was no engine")
      }
    }

    /// An engine that dies in the middle of it leaves what the next one completes.
    @Test(arguments: [10, 60, 150, 300]) func theEngineDiesInTheMiddle(milliseconds: Int) async throws {
      let port = try freePort()
      try await Stage.play(Self.stack(port, 1)) { stage in
        try await bringUp(stage, port)
        let place = try await place(stage)
        let own = try await namespace(stage, "side")
        let command = try stage.start("up", "--detach", "--force-recreate", "--timeout", "0", "x")
        try await Task.sleep(for: .milliseconds(milliseconds))
        await stage.muster.endEngine(SIGKILL)
        _ = await command.end()
        try await stage("up", "--detach")
        #expect(try await namespace(stage, "x") == namespace(stage, "side"))
        // Where the new container had not been made yet, the plan has side begin again.
        if try await self.place(stage) == place { #expect(try await namespace(stage, "side") == own) }
        _ = try await eventually {
          try? await fetch("http://127.0.0.1:\(port)/")
        } until: {
          $0?.status == 200
        }
        try await expectServed(stage, port, "after \(milliseconds) ms")
      }
    }

    /// `down` with x stopped, and its sharer holding on to everything.
    @Test func nothingIsLeftOfItsNetwork() async throws {
      let port = try freePort()
      try await Stage.play(Self.stack(port, 1)) { stage in
        try await stage("up", "--detach")
        try await stage("stop", "--timeout", "0", "x")
        try await stage("rm", "--force", "x")
        try await stage("down", "--timeout", "0")
        let links = try await stage.muster.ledger.entries().links
        #expect(links.isEmpty, "\(links)")
        #expect(try await stage("network", "ls", "--quiet", "--filter", "name=shop_default").output.isEmpty)
      }
    }
  }
}
