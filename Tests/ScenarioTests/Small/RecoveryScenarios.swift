import Glibc
import TestSupport
import Testing

extension Scenarios {
  /// The engine dies; containers do not notice, and the next engine knows them all.
  @Suite struct Recovery {
    @Test func containersOutliveTheEngine() async throws {
      let port = try freePort()
      let stack = """
        services:
          web:
            image: busybox
            init: true
            command: ["sh", "-c", "mkdir -p /tmp/www; echo alive >/tmp/www/index.html; exec httpd -f -p 80 -h /tmp/www"]
            ports: ["\(port):80"]
          client: { image: busybox, init: true, command: sleep 1000 }
        """
      try await Stage.play(stack) { stage in
        try await stage("up", "--detach")
        _ = try await eventually {
          try? await fetch("http://127.0.0.1:\(port)/")
        } until: {
          $0?.status == 200
        }
        let before = try await stage.containers()
        let first = try #require(stage.muster.engine)
        #expect(await stage.muster.endEngine(SIGKILL))
        let addresses = try await run("ip", "-4", "-o", "address", "show", "up", "scope", "global").expect().output
          .matches(of: /inet (\d+\.\d+\.\d+\.\d+)/).map { String($0.output.1) }
        let address = try #require(addresses.first)
        #expect(try await fetch("http://\(address):\(port)/").body == "alive\n", "without an engine, nobody answers")

        let after = try await stage.containers()
        #expect(stage.muster.engine != first)
        #expect(after.mapValues(\.ID) == before.mapValues(\.ID))
        #expect(after.values.allSatisfy { $0.State == "running" })
        #expect(try await fetch("http://127.0.0.1:\(port)/").body == "alive\n")
        #expect(try await stage("exec", "-T", "client", "wget", "-q", "-O", "-", "http://web/").output == "alive\n")
        #expect(try await stage("plan").output.contains("Nothing to do"))
        try await stage("stop", "web")
        #expect(try await stage.containers()["shop-web-1"]?.State == "exited")
      }
    }

    @Test func whatHappenedWithoutAnEngineIsKnownLater() async throws {
      let wait = "while [ ! -e /gate/open ]; do sleep 0.05; done"
      let stack = """
        services:
          once:
            image: busybox
            init: true
            command: ["sh", "-c", "\(wait); echo after; exit 6"]
            volumes: ["./gate:/gate"]
          again:
            image: busybox
            init: true
            command: ["sh", "-c", "[ ! -e /gate/again ] || exec sleep 1000; \(wait); touch /gate/again; exit 0"]
            volumes: ["./gate:/gate"]
            restart: always
        """
      try await Stage.play(stack, files: ["gate/.keep": ""]) { stage in
        try await stage("up", "--detach")
        #expect(await stage.muster.endEngine(SIGKILL))
        let running = HostLedger.processes(under: stage.muster.root).count
        try stage.write("gate/open", "")
        let left = try await eventually {
          HostLedger.processes(under: stage.muster.root).count
        } until: {
          $0 <= running - 4
        }
        #expect(left <= running - 4, "the two containers and their shims did not end")

        let once = try await stage.containers()["shop-once-1"]
        #expect(once?.State == "exited")
        #expect(once?.ExitCode == 6)
        #expect(try await stage("logs", "once").output.contains("after"))
        let again = try await stage.container("shop-again-1") { $0.State == "running" }
        #expect(again?.State == "running", "its restart policy was forgotten")
      }
    }

    @Test func anEngineKilledDuringUpLeavesNothingThatUpCannotFinish() async throws {
      let services = (1...12).map { "  s\($0): { image: busybox, init: true, command: sleep 1000 }" }.joined(separator: "\n")
      try await Stage.play("services:\n\(services)\n") { stage in
        // However far the first `up` came: whichever step the kill met, the next one completes the stack.
        for round in 1...4 {
          let up = try stage.start("up", "--detach")
          let made = round * 3
          _ = try await eventually {
            names(in: stage.muster.root + "/containers").count
          } until: {
            $0 >= made
          }
          if let pid = stage.muster.engine { kill(pid, SIGKILL) }
          _ = await up.end()
        }
        try await stage("up", "--detach")
        let containers = try await stage.containers()
        #expect(containers.count == 12)
        #expect(containers.values.allSatisfy { $0.State == "running" }, "\(containers)")
        #expect(try await stage("plan").output.contains("Nothing to do"))
      }
    }
  }
}
