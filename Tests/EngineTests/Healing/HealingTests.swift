import Backend
import Cgroups
import ContainerSetup
import Glibc
import Networking
import Reconciler
import StackModel
import Synchronization
import TestSupport
import Testing

@testable import Engine

/// What the engine puts right by itself.
@Suite(.serialized) struct HealingTests {
  private func kept() -> UpOptions {
    var options = UpOptions()
    options.keeps = true
    return options
  }

  private func killShim(_ engine: EngineOfOurOwn, _ name: String) async throws {
    let pid = try #require(try await engine.container(name).pid)
    let shim = try #require(Int32(try readText("/proc/\(pid)/stat").split(separator: " ")[3]))
    kill(shim, SIGKILL)
  }

  @Test func whatIsTakenAwayIsStartedAgainUnlessItIsNotKept() async throws {
    try await EngineOfOurOwn.with { engine in
      let kept = engine.stack("kept", ["a": "exec sleep 1000"]), left = engine.stack("left", ["a": "exec sleep 1000"])
      #expect(try await engine.up(kept, self.kept()).failures == [])
      #expect(try await engine.up(left).failures == [])
      let first = try await engine.container("kept-a-1").pid
      for name in ["kept-a-1", "left-a-1"] { try await killShim(engine, name) }
      let again = try await eventually {
        try await engine.container("kept-a-1")
      } until: {
        $0.state == .running && $0.pid != first
      }
      #expect(again.state == .running && again.pid != first)
      #expect(again.remark == "started again after it was taken away")
      let other = try await eventually {
        try await engine.container("left-a-1").state
      } until: {
        $0 == .exited
      }
      #expect(other == .exited)
      // What ends by itself is for its policy to decide, and what is stopped stays stopped.
      let pid = try #require(try await engine.container("kept-a-1").pid)
      kill(pid, SIGKILL)
      let ended = try await eventually {
        try await engine.container("kept-a-1").state
      } until: {
        $0 == .exited
      }
      #expect(ended == .exited)
    }
  }

  @Test func anEngineThatComesBackStartsInTheOrderOfDependencies() async throws {
    try await EngineOfOurOwn.with { engine in
      var stack = engine.stack("order", ["web": "exec sleep 1000", "db": "sleep 1; touch /ready; exec sleep 1000"])
      stack.services["db"]?.options.healthcheck = Healthcheck(
        test: ["CMD", "test", "-e", "/ready"], interval: .milliseconds(200), timeout: .seconds(5), retries: 100)
      // What was written by the run before is still there.
      stack.services["db"]?.options.command = ["sh", "-c", "rm -f /ready; sleep 1; touch /ready; exec sleep 1000"]
      stack.services["web"]?.dependsOn["db"] = Dependency(condition: .healthy)
      #expect(try await engine.up(stack, kept()).failures == [])
      let parents = try await ["order-db-1", "order-web-1"].asyncMap { name in
        let pid = try #require(try await engine.container(name).pid)
        return try #require(Int32(try readText("/proc/\(pid)/stat").split(separator: " ")[3]))
      }
      await engine.backend.shutDown()
      for shim in parents { kill(shim, SIGKILL) }
      for shim in parents { #expect(await hasEnded(shim)) }
      let again = try await engine.reopened()
      let events = again.backend.log.listen("order").stream
      let web = try await eventually {
        try await again.container("order-web-1")
      } until: {
        $0.state == .running
      }
      #expect(web.state == .running)
      let db = try await again.container("order-db-1")
      #expect(db.state == .running && db.health == .healthy, "\(db.state) \(String(describing: db.health))")
      #expect((db.startedAt ?? .max) < (web.startedAt ?? 0))
      withExtendedLifetime(events) {}
      await again.end()
    }
  }

  /// As after a power cut in the moment in which it was removed.
  @Test func whoseFilesAreGoneIsDeadUntilTheNextUp() async throws {
    try await EngineOfOurOwn.with { engine in
      let stack = engine.stack("gone", ["a": "exec sleep 1000", "b": "exec sleep 1000"]) { $0.restart = .always }
      #expect(try await engine.up(stack, kept()).failures == [])
      let ids = try await ["gone-a-1", "gone-b-1"].asyncMap { try await engine.container($0).id }
      await engine.backend.shutDown()
      for id in ids {
        let group = try #require(engine.backend.cgroups.find(id.rawValue))
        try group.kill()
        try await run("rm", "-rf", "\(engine.location.runDirectory)/c/\(id.short)").expect()
      }
      try await run("rm", "-rf", "\(engine.location.root)/containers/\(ids[0])").expect()
      let again = try await engine.reopened()
      let dead = try await again.container("gone-a-1")
      #expect(dead.state == .dead && dead.exitCode == 137 && dead.remark == "its files are gone", "\(dead)")
      await #expect {
        try await again.backend.container(named: "gone-a-1").start()
      } throws: {
        "\($0)".contains("its files are gone")
      }
      let other = try await eventually {
        try await again.container("gone-b-1").state
      } until: {
        $0 == .running
      }
      #expect(other == .running)
      #expect(try await again.up(stack, kept()).failures == [])
      let made = try await again.container("gone-a-1")
      #expect(made.state == .running && made.id != ids[0])
      #expect(try await again.container("gone-b-1").id == ids[1])
      await again.end()
    }
  }

  @Test func theUnhealthyBeginAnewAsOftenAsIsSaid() async throws {
    try await EngineOfOurOwn.with { engine in
      var stack = engine.stack("ill", ["a": "test -e /ill || touch /well; exec sleep 1000", "follower": "exec sleep 1000"])
      stack.services["a"]?.options.onUnhealthy = .restart(maximum: 1)
      stack.services["a"]?.options.healthcheck = Healthcheck(
        test: ["CMD", "test", "-e", "/well"], interval: .milliseconds(100), timeout: .seconds(5), retries: 2)
      stack.services["a"]?.options.stopGracePeriod = .milliseconds(100)
      stack.services["follower"]?.options.stopGracePeriod = .milliseconds(100)
      stack.services["follower"]?.dependsOn["a"] = Dependency(condition: .healthy, restart: true)
      #expect(try await engine.up(stack).failures == [])
      let follower = try await engine.container("ill-follower-1").pid
      _ = try await engine.exec("ill", "a", ["rm", "/well"])
      let restarted = try await eventually {
        try await engine.container("ill-a-1")
      } until: {
        $0.restarts == 1 && $0.health == .healthy
      }
      #expect(restarted.restarts == 1 && restarted.health == .healthy)
      #expect(restarted.remark == "restarted because it was unhealthy")
      // Whoever depends on it with `restart: true` follows.
      let followed = try await eventually {
        try await engine.container("ill-follower-1")
      } until: {
        $0.state == .running && $0.pid != follower
      }
      #expect(followed.state == .running && followed.pid != follower)
      #expect(followed.remark == "restarted because a was")
      // Having been healthy, it may again; but what never gets well is left alone after that.
      _ = try await engine.exec("ill", "a", ["sh", "-c", "touch /ill; rm /well"])
      let container = try #require(await engine.backend.containers.find(name: "ill-a-1"))
      let before = restarted.pid
      let left = try await eventually {
        await container.observed
      } until: {
        $0.restarts == 2 && $0.health == .unhealthy && $0.pid != before
      }
      #expect(left.restarts == 2 && left.health == .unhealthy)
      let pid = left.pid
      try await Task.sleep(for: .seconds(1))
      #expect(await container.observed.pid == pid)
    }
  }

  @Test func whoDependsWithRestartFollowsACrash() async throws {
    try await EngineOfOurOwn.with { engine in
      var stack = engine.stack("crash", ["db": "exec sleep 1000", "web": "exec sleep 1000", "other": "exec sleep 1000"])
      stack.services["db"]?.options.restart = .always
      stack.services["web"]?.dependsOn["db"] = Dependency(restart: true)
      stack.services["other"]?.dependsOn["db"] = Dependency()
      for name in stack.services.keys { stack.services[name]?.options.stopGracePeriod = .milliseconds(100) }
      #expect(try await engine.up(stack).failures == [])
      let (web, other) = (try await engine.container("crash-web-1").pid, try await engine.container("crash-other-1").pid)
      kill(try #require(try await engine.container("crash-db-1").pid), SIGKILL)
      let followed = try await eventually {
        try await engine.container("crash-web-1")
      } until: {
        $0.state == .running && $0.pid != web
      }
      #expect(followed.state == .running && followed.pid != web)
      #expect(try await engine.container("crash-other-1").pid == other)
    }
  }

  /// A bridge, an interface on it and one inside are made again; who talks goes on talking.
  @Test func networksThatSomebodyDeletesAreMadeAgain() async throws {
    try await EngineOfOurOwn.with { engine in
      var stack = engine.stack(
        "net", ["web": "mkdir -p /tmp/www; echo hello >/tmp/www/index.html; exec httpd -f -p 80 -h /tmp/www", "client": "exec sleep 1000"])
      // While its bridge is away, another engine's network takes no part of this.
      stack.networks["net_default"]?.subnet = "10.233.91.0/24"
      #expect(try await engine.up(stack).failures == [])
      let web = try #require(await engine.backend.containers.find(name: "net-web-1"))
      let endpoint = try #require(await web.runningEndpoints.first)
      let interface = vethName(of: endpoint, suffix: engine.location.suffix)
      let said = Mutex("")
      @Sendable func isReached() async throws -> Bool {
        let answer = try await engine.exec("net", "client", ["wget", "-q", "-O", "-", "http://web/index.html"])
        said.withLock { $0 = answer.output }
        return answer.output.contains("hello")
      }
      @Sendable func expectReached(_ what: String) async throws {
        let isThere = try await eventually(within: 40) {
          try await isReached()
        } until: {
          $0
        }
        #expect(isThere, "after \(what): \(said.withLock { $0 })")
      }
      try await expectReached("the start")
      for (what, command) in [
        ("its bridge was deleted", ["ip", "link", "delete", endpoint.bridge]),
        ("its bridge was taken down", ["ip", "link", "set", endpoint.bridge, "down"]),
        ("its interface was unplugged", ["ip", "link", "set", interface, "nomaster"]),
        ("its interface was deleted", ["ip", "link", "delete", interface]),
      ] {
        try await run(command).expect()
        try await expectReached(what)
      }
      #expect(await web.observed.remark == "plugged into net_default anew")
      // While nobody is on it nobody looks after it.
      for name in ["net-web-1", "net-client-1"] {
        try await #require(await engine.backend.containers.find(name: name)).stop(grace: .zero)
      }
      try await run("ip", "link", "delete", endpoint.bridge).expect()
      #expect(try await engine.up(stack).failures == [])
      try await expectReached("its bridge was deleted while nobody ran")
    }
  }
}

extension Array {
  fileprivate func asyncMap<Value>(_ body: (Element) async throws -> Value) async rethrows -> [Value] {
    var values: [Value] = []
    for element in self { values.append(try await body(element)) }
    return values
  }
}
