import Backend
import Reconciler
import StackModel
import TestSupport
import Testing

@testable import Engine

/// Containers that are replaced while somebody asks them (`deploy.update_config`).
@Suite(.serialized) struct RolloutTests {
  /// A stack with a web server on a published port, whose page is its version.
  private func stack(
    _ engine: EngineOfOurOwn, _ name: ProjectName, version: String, port: UInt16, replicas: Int = 1, hasCheck: Bool = true,
    script: String? = nil, _ edit: (inout Rollout) -> Void
  ) -> Stack {
    let server = "mkdir -p /tmp/www; echo -n $VERSION >/tmp/www/index.html; sleep 0.3; echo serving; exec httpd -f -p 80 -h /tmp/www"
    var stack = engine.stack(name, ["web": script ?? server]) {
      $0.environment["VERSION"] = version
      $0.usesInit = true
      $0.ports = [PortMapping(published: port, target: 80)]
      if hasCheck {
        $0.healthcheck = Healthcheck(
          test: ["CMD-SHELL", "wget -q -O /dev/null http://127.0.0.1/index.html"], interval: .milliseconds(200), timeout: .seconds(5),
          retries: 20)
      }
    }
    var (deployment, update) = (Deployment(), Rollout())
    update.order = .startFirst
    edit(&update)
    deployment.update = update
    stack.services["web"]?.requests = ServiceRequests()
    stack.services["web"]?.requests?.deployment = deployment
    stack.services["web"]?.replicas = replicas
    return stack
  }

  private func waiting() -> UpOptions {
    var options = UpOptions()
    options.waits = true
    return options
  }

  private func names(_ engine: EngineOfOurOwn, _ project: ProjectName) async -> [String] {
    await engine.backend.containers.all(project).map(\.spec.name)
  }

  @Test func noRequestFailsDuringManyUpdates() async throws {
    let updates = Size.of(4, full: 20)
    let port = try freePort()
    try await EngineOfOurOwn.with { engine in
      func stack(_ version: Int) -> Stack { self.stack(engine, "load", version: "v\(version)", port: port) { _ in } }
      #expect(try await engine.up(stack(0), waiting()).failures == [])
      let count = try await LoadGenerator.against(port) { _ in
        for version in 1...updates {
          let report = try await engine.up(stack(version))
          #expect(report.failures == [], "update \(version)")
          #expect(await names(engine, "load") == ["load-web-1"])
        }
      }
      #expect(count.failures == [])
      // Every version was asked.
      for version in 0...updates { #expect(count.answers["v\(version)", default: 0] > 0, "v\(version): \(count.answers)") }
      tell("update", "\(updates) start-first updates under load: \(count.total) requests, \(count.failures.count) failed")
    }
  }

  /// Without a check of health the new one gets nothing while it is watched, and replicas that share a port go one by one.
  @Test func replicasWithoutACheck() async throws {
    let port = try freePort()
    try await EngineOfOurOwn.with { engine in
      func stack(_ version: String) -> Stack {
        self.stack(engine, "many", version: version, port: port, replicas: 3, hasCheck: false) {
          $0.monitor = .seconds(1)
          $0.parallelism = 2
        }
      }
      #expect(try await engine.up(stack("old")).failures == [])
      try await Task.sleep(for: .seconds(1))
      let count = try await LoadGenerator.against(port) { _ in
        let report = try await engine.up(stack("new"))
        #expect(report.failures == [])
      }
      #expect(count.failures == [])
      #expect(Set(count.answers.keys) == ["old", "new"])
      #expect(await names(engine, "many") == ["many-web-1", "many-web-2", "many-web-3"])
      for container in await engine.backend.containers.all("many") {
        #expect(container.spec.options.environment["VERSION"] == "new")
        #expect(await container.record.traffic == nil)
      }
    }
  }

  @Test func aBadVersionNeverGetsARequestAndGoesAgain() async throws {
    let port = try freePort()
    try await EngineOfOurOwn.with { engine in
      let good = stack(engine, "bad", version: "good", port: port) { _ in }
      let bad = stack(engine, "bad", version: "bad", port: port, script: "echo the database is gone; exec sleep 1000") { _ in }
      #expect(try await engine.up(good, waiting()).failures == [])
      let before = try await engine.container("bad-web-1").id
      let count = try await LoadGenerator.against(port) { generator in
        let report = try await engine.up(bad)
        let message = report.failures.map(\.error.message).joined(separator: "\n")
        #expect(message.contains("is unhealthy") && message.contains("the database is gone"), "\(message)")
        #expect(message.contains("the update is paused: 1 of 1 container failed"), "\(message)")
        let asked = generator.count.total
        _ = try await eventually { generator.count.total } until: { $0 > asked + 20 }
      }
      #expect(count.failures == [])
      #expect(Set(count.answers.keys) == ["good"])
      #expect(await names(engine, "bad") == ["bad-web-1"])
      #expect(try await engine.container("bad-web-1").id == before)
      // It is not what was asked for, and `ps` says so.
      let outdated = try await engine.backend.observe("bad").containers.first?.outdated ?? []
      #expect(outdated.contains("environment.VERSION"), "\(outdated)")
    }
  }

  /// Nothing was replaced, and what is wanted is the version before all the same.
  @Test func aFailedUpdateOfOneContainerIsTakenBack() async throws {
    let port = try freePort()
    try await EngineOfOurOwn.with { engine in
      func stack(_ version: String, script: String? = nil) -> Stack {
        self.stack(engine, "one", version: version, port: port, hasCheck: false, script: script) {
          $0.failureAction = .rollback
          $0.monitor = .milliseconds(500)
        }
      }
      #expect(try await engine.up(stack("good")).failures == [])
      let id = try await engine.container("one-web-1").id
      let report = try await engine.up(stack("bad", script: "echo no; exit 3"))
      #expect(report.failures.contains { $0.error.message.contains("exited (3)") && $0.error.message.contains("no") })
      #expect(try await engine.container("one-web-1").id == id)
      let history = try await engine.backend.history("one")
      #expect(history.map(\.operation) == ["rollback of a failed update", "up", "up"])
      #expect(history.map(\.outcome) == [.succeeded, .failed, .succeeded])
      #expect(history.map(\.isCurrent) == [true, false, false])
      #expect(try await engine.backend.plan(StackRequest(project: "one", stack: stack("good"), operation: .up(UpOptions()))).isEmpty)
    }
  }

  /// The second batch fails: the first goes back to what it was, and nobody notices.
  @Test func aFailedUpdateIsTakenBack() async throws {
    let port = try freePort()
    try await EngineOfOurOwn.with { engine in
      func stack(_ version: String, script: String? = nil) -> Stack {
        var made = self.stack(engine, "back", version: version, port: port, replicas: 2, script: script) { $0.failureAction = .rollback }
        made.volumes["back_data"] = Volume(key: "data", name: "back_data")
        made.services["web"]?.options.mounts = [Mount(source: .volume("back_data"), target: "/data")]
        return made
      }
      // The first to come is well, every later one is not.
      let bad = """
        mkdir -p /tmp/www; echo -n bad >/tmp/www/index.html; mkdir /data/first && exec httpd -f -p 80 -h /tmp/www
        echo there is a first already; exec sleep 1000
        """
      #expect(try await engine.up(stack("good"), waiting()).failures == [])
      let second = try await engine.container("back-web-2").id
      let count = try await LoadGenerator.against(port) { _ in
        let report = try await engine.up(stack("bad", script: bad))
        let message = report.failures.map(\.error.message).joined(separator: "\n")
        #expect(message.contains("there is a first already"), "\(message)")
        #expect(message.contains("the update is taken back: 1 of 2 containers failed"), "\(message)")
      }
      #expect(count.failures == [])
      #expect(count.answers["bad", default: 0] > 0, "the first of the bad version has been asked: \(count.answers)")
      #expect(await names(engine, "back") == ["back-web-1", "back-web-2"])
      #expect(try await engine.container("back-web-2").id == second, "what was never replaced is not replaced")
      for container in await engine.backend.containers.all("back") { #expect(container.spec.options.environment["VERSION"] == "good") }
      #expect(await engine.backend.catalog.volume("back_data") != nil)
      // What is wanted is the good version again, so that there is nothing to do.
      #expect(try await engine.backend.plan(StackRequest(project: "back", stack: stack("good"), operation: .up(UpOptions()))).isEmpty)
      let history = try await engine.backend.history("back")
      #expect(history.map(\.operation) == ["rollback of a failed update", "up", "up"])
      #expect(history.map(\.outcome) == [.succeeded, .failed, .succeeded])
      #expect(history.map(\.isCurrent) == [true, false, false])
    }
  }

  /// Long requests are finished by the one that they began with.
  /// Not to the one before, which has failed too; and who was stopped for the update runs again.
  @Test func whatHasFailedIsNotGoneBackTo() async throws {
    try await EngineOfOurOwn.with { engine in
      func stack(_ version: Int, _ edit: (inout Rollout) -> Void = { _ in }) -> Stack {
        var stack = engine.stack("back", ["api": "exec sleep 100\(version)", "front": "exec sleep 1000"]) { $0.usesInit = true }
        stack.services["api"]?.options.healthcheck = Healthcheck(
          test: ["CMD", version == 1 || version == 4 ? "true" : "false"], interval: .milliseconds(200), timeout: .seconds(5), retries: 2)
        stack.services["front"]?.dependsOn["api"] = Dependency(condition: .healthy, restart: true)
        var (deployment, update) = (Deployment(), Rollout())
        (update.order, update.failureAction, update.monitor) = (.startFirst, .rollback, .milliseconds(300))
        edit(&update)
        deployment.update = update
        stack.services["api"]?.requests = ServiceRequests()
        stack.services["api"]?.requests?.deployment = deployment
        return stack
      }
      #expect(try await engine.up(stack(1), waiting()).failures == [])
      var front = try await engine.container("back-front-1").pid
      #expect(try await !engine.up(stack(2) { $0.failureAction = .pause }).succeeded)
      #expect(try await engine.container("back-front-1").pid == front, "nothing that it needs was away")
      for order in [Rollout.Order.stopFirst, .startFirst] {
        let report = try await engine.up(stack(3) { $0.order = order })
        #expect(!report.succeeded)
        let api = try await engine.container("back-api-1")
        #expect(api.state == .running && api.spec.options.command == ["sh", "-c", "exec sleep 1001"], "\(order): \(api.spec)")
        #expect(try await engine.container("back-front-1").state == .running, "\(order)")
        #expect(try await (engine.container("back-front-1").pid == front) == (order == .startFirst), "\(order)")
        front = try await engine.container("back-front-1").pid
      }
      #expect(try await engine.up(stack(4)).failures == [])
      let after = try await engine.container("back-front-1")
      #expect(after.state == .running && after.pid != front, "it follows when the new one has taken over")
    }
  }

  @Test func whoIsConnectedIsServedToTheEnd() async throws {
    let port = try freePort()
    try await EngineOfOurOwn.with { engine in
      func stack(_ version: String) -> Stack {
        let script = """
          mkdir -p /tmp/www/cgi-bin; cd /tmp/www
          printf '#!/bin/sh\\necho; sleep 2; echo -n '$VERSION >cgi-bin/slow; chmod +x cgi-bin/slow
          echo -n $VERSION >index.html; exec httpd -f -p 80 -h /tmp/www
          """
        var made = self.stack(engine, "slow", version: version, port: port, script: script) { _ in }
        made.services["web"]?.options.stopGracePeriod = .seconds(10)
        return made
      }
      #expect(try await engine.up(stack("old"), waiting()).failures == [])
      async let slow = run("/bin/busybox", "wget", "-q", "-O", "-", "http://127.0.0.1:\(port)/cgi-bin/slow")
      try await Task.sleep(for: .milliseconds(300))
      #expect(try await engine.up(stack("new")).failures == [])
      #expect(try await slow.output == "old")
      #expect(try await run("/bin/busybox", "wget", "-q", "-O", "-", "http://127.0.0.1:\(port)/index.html").output == "new")
    }
  }

  /// An engine that dies in the middle leaves what the next up goes on from.
  @Test func anEngineThatDiesLeavesASuccessorToTheNextUp() async throws {
    let port = try freePort()
    try await EngineOfOurOwn.with { engine in
      func stack(_ version: String) -> Stack { self.stack(engine, "die", version: version, port: port) { _ in } }
      #expect(try await engine.up(stack("old"), waiting()).failures == [])
      let old = try #require(await engine.backend.containers.find(name: "die-web-1"))
      // As far as the hand-over, and no further.
      var spec = stack("new").services["web"]!.container(1, of: "die")
      spec.name = ContainerSpec.successorName(of: spec.name, old.id)
      let successor = try await engine.backend.create(spec, anonymousVolumes: [:], traffic: .held)
      try await successor.start()
      let again = try await engine.reopened()
      defer { _ = again }
      #expect(try await again.up(stack("new"), waiting()).failures == [])
      #expect(await names(again, "die") == ["die-web-1"])
      #expect(try await again.container("die-web-1").spec.options.environment["VERSION"] == "new")
      await again.end()
    }
  }
}
