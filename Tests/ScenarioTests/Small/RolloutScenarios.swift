import TestSupport
import Testing

extension Scenarios {
  /// Updates without a gap, and the way back, as somebody at a terminal has them.
  @Suite struct Rollouts {
    private func stack(_ version: String, port: UInt16, isBad: Bool = false) -> String {
      let server = isBad ? "echo no such table; sleep 1000" : "exec httpd -f -p 80 -h /tmp/www"
      return """
        services:
          web:
            image: busybox
            init: true
            command: ["sh", "-c", "mkdir -p /tmp/www; echo \(version) >/tmp/www/index.html; \(server)"]
            ports: ["127.0.0.1:\(port):80"]
            healthcheck: { test: ["HTTP", "http://localhost/index.html"], interval: 300ms, retries: 15 }
            deploy: { update_config: { order: start-first, failure_action: rollback } }
        """
    }

    private func page(_ port: UInt16) async throws -> String {
      try await run("/bin/busybox", "wget", "-q", "-O", "-", "http://127.0.0.1:\(port)/index.html").expect().lines.first.map { String($0) } ?? ""
    }

    @Test func updateBadUpdateAndBack() async throws {
      let port = try freePort()
      try await Stage.play(stack("one", port: port)) { stage in
        try await stage("up", "--detach", "--wait")
        #expect(try await page(port) == "one")
        try stage.write("compose.yaml", stack("two", port: port))
        let plan = try await stage("plan")
        #expect(plan.output.contains("~ container shop-web-1   replace without a gap"), "\(plan)")
        let update = try await stage("up", "--detach")
        #expect(update.errors.contains("Switched over"), "\(update)")
        #expect(try await page(port) == "two")
        #expect(try await stage.containers().keys.sorted() == ["shop-web-1"])

        try stage.write("compose.yaml", stack("three", port: port, isBad: true))
        let bad = try await stage.attempt("up", "--detach")
        #expect(bad.status == 1 && bad.errors.contains("is unhealthy") && bad.errors.contains("no such table"), "\(bad)")
        #expect(bad.errors.contains("the update is taken back"), "\(bad)")
        #expect(try await page(port) == "two")
        #expect(try await stage.containers().keys.sorted() == ["shop-web-1"])

        let history = try await stage("history", "shop")
        #expect(history.lines.count == 5, "\(history)")
        #expect(history.lines.first?.hasPrefix("REVISION") == true && history.output.contains("rollback of a failed update"), "\(history)")
        let back = try await stage("rollback", "--to", "1", "web")
        #expect(back.errors.contains("Switched over"), "\(back)")
        #expect(try await page(port) == "one")
        let newest = try await stage("history", "--format", "json").lines.first.map(String.init) ?? ""
        #expect(newest.contains("\"rollback to 1\"") && newest.contains("\"IsCurrent\":true"), "\(newest)")
        let wrong = try await stage.attempt("rollback", "--to", "99")
        #expect(wrong.status == 1 && wrong.errors.contains("no revision 99"), "\(wrong)")
      }
    }
  }
}
