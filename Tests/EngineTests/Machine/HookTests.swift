import Backend
import Reconciler
import StackModel
import TestSupport
import Testing

@testable import Engine

@Suite(.serialized) struct HookTests {
  private func shell(_ script: String, user: String? = nil) -> Hook { Hook(command: ["sh", "-c", script], user: user) }

  @Test func postStartRunsInTheContainerInOrderWithItsOwnUserAndVariables() async throws {
    try await EngineOfOurOwn.with { engine in
      let stack = engine.stack("hooked", ["web": "exec sleep 1000"]) {
        $0.user = "app"
        $0.environment = ["FROM": "service", "KEPT": "yes"]
        $0.hooks = LifecycleHooks(afterStart: [
          Hook(
            command: ["sh", "-c", "echo $(id -u) $FROM $KEPT $PWD > /tmp/one"], workingDirectory: "/srv", environment: ["FROM": "hook"]),
          Hook(command: ["sh", "-c", "cat /tmp/one; id -u; grep CapEff /proc/self/status"], user: "root", isPrivileged: true),
        ])
      }
      let (report, events) = try await engine.events { try await engine.upTelling(stack, $0) }
      #expect(report.failures == [])
      let lines = events.lines("Container hooked-web-1")
      #expect(lines.prefix(2) == ["post_start[1]: 1000 hook yes /srv", "post_start[1]: 0"], "\(lines)")
      // More than a container has: with `privileged` the hook has all that the engine has.
      let bits = try #require(lines.last?.split(separator: "\t").last.flatMap { UInt64($0, radix: 16) })
      #expect(bits.nonzeroBitCount > 14)
    }
  }

  @Test func postStartThatFailsStopsTheContainerAndSaysWhy() async throws {
    try await EngineOfOurOwn.with { engine in
      let stack = engine.stack("badhook", ["web": "exec sleep 1000"]) {
        $0.restart = .always
        $0.hooks = LifecycleHooks(afterStart: [self.shell("echo no such tenant >&2; exit 3"), self.shell("echo never")])
      }
      let (report, events) = try await engine.events { try await engine.upTelling(stack, $0) }
      let message = report.failures.first?.error.message ?? ""
      #expect(message.contains("post_start[0] of badhook-web-1 exited with 3"), "\(message)")
      #expect(message.contains("no such tenant"))
      #expect(!events.lines("Container badhook-web-1").contains { $0.contains("never") })
      #expect(try await engine.container("badhook-web-1").state == .exited)
    }
  }

  @Test func preStopRunsBeforeTheSignalAndOnlyWhenAskedToStop() async throws {
    try await EngineOfOurOwn.with { engine in
      let stack = engine.stack(
        "drain",
        [
          "asked": "trap 'echo term; exit 0' TERM; echo up; while :; do sleep 0.05; done",
          "alone": "exit 0",
        ]
      ) {
        $0.stopGracePeriod = .seconds(20)
        $0.hooks = LifecycleHooks(beforeStop: [self.shell("echo drained > /proc/1/fd/1")])
      }
      #expect(try await engine.up(stack).failures == [])
      _ = try await eventually {
        try await engine.log("drain")
      } until: {
        $0.contains("up\n")
      }
      try await engine.stop("drain")
      #expect(try await engine.log("drain") == ["up\n", "drained\n", "term\n"])
    }
  }

  @Test func preStopThatFailsKeepsTheContainerRunning() async throws {
    try await EngineOfOurOwn.with { engine in
      var stack = engine.stack("stays", ["web": "exec sleep 1000"]) {
        $0.stopGracePeriod = .seconds(20)
        $0.hooks = LifecycleHooks(beforeStop: [self.shell("echo not yet; exit 1")])
      }
      try await engine.up(stack)
      let report = try await engine.stop("stays")
      #expect(report.failures.first?.error.message.contains("pre_stop[0] of stays-web-1 exited with 1:\nnot yet") == true)
      #expect(try await engine.container("stays-web-1").state == .running)
      stack.services["web"]?.options.hooks = nil
      let plan = try await engine.backend.plan(StackRequest(project: "stays", stack: stack, operation: .up(UpOptions())))
      #expect(plan.description.contains("pre_stop: [sh -c echo not yet; exit 1] → []"), "\(plan)")
    }
  }

  @Test func preStopsTimeIsPartOfTheGracePeriod() async throws {
    try await EngineOfOurOwn.with { engine in
      let stack = engine.stack("slow", ["web": "trap 'exit 4' TERM; while :; do sleep 0.05; done"]) {
        $0.stopGracePeriod = .milliseconds(1500)
        $0.hooks = LifecycleHooks(beforeStop: [self.shell("sleep 1000")])
      }
      try await engine.up(stack)
      #expect(try await engine.stop("slow").failures == [])
      // The hook was ended, and the program could still end by itself.
      #expect(try await engine.container("slow-web-1").exitCode == 4)
    }
  }

  // MARK: pre_start

  private func seeded(_ engine: EngineOfOurOwn, _ name: ProjectName, replicas: Int = 1, _ steps: [InitStep]) -> Stack {
    let volume = VolumeName("\(name)_data")
    var stack = engine.stack(name, ["web": "cat /data/log; exec sleep 1000"]) {
      $0.mounts = [Mount(source: .volume(volume), target: "/data")]
      $0.hooks = LifecycleHooks(beforeStart: steps)
    }
    stack.volumes[volume] = Volume(key: "data", name: volume)
    stack.services["web"]?.replicas = replicas
    return stack
  }

  private func step(_ word: String, perReplica: Bool = false) -> InitStep {
    InitStep(command: ["sh", "-c", "echo \(word) >> /data/log; echo did \(word)"], isPerReplica: perReplica)
  }

  @Test func initContainersRunInOrderBeforeTheServiceOnceForAllReplicas() async throws {
    try await EngineOfOurOwn.with { engine in
      var stack = seeded(engine, "init", replicas: 2, [step("one"), step("two"), step("each", perReplica: true)])
      let (report, events) = try await engine.events { try await engine.upTelling(stack, $0) }
      #expect(report.failures == [])
      func written() async throws -> [String] {
        try await engine.exec("init", "web", ["cat", "/data/log"]).output.split(separator: "\n").map(String.init)
      }
      #expect(try await written() == ["one", "two", "each", "each"])
      #expect(events.lines("Container init-web-pre_start-0") == ["did one"])
      #expect(await engine.backend.containers.all("init").map(\.spec.name) == ["init-web-1", "init-web-2"])

      // Not again: started anew, and nothing has changed.
      try await engine.stop("init")
      #expect(try await engine.up(stack).failures == [])
      #expect(try await written().count == 4)
      // What has changed, and only that, but for the steps of new containers.
      stack.services["web"]?.options.hooks?.beforeStart[1] = step("three")
      #expect(try await engine.up(stack).failures == [])
      #expect(try await written() == ["one", "two", "each", "each", "three", "each", "each"])
      // By force.
      var options = UpOptions()
      options.forceRecreate = true
      #expect(try await engine.up(stack, options).failures == [])
      #expect(try await written().suffix(4) == ["one", "three", "each", "each"])
    }
  }

  @Test func aFailingInitContainerFailsTheStartAndIsKeptForItsLogs() async throws {
    try await EngineOfOurOwn.with { engine in
      let steps = [step("one"), InitStep(command: ["sh", "-c", "echo migration 7 failed >&2; exit 9"]), step("never")]
      var stack = seeded(engine, "fails", steps)
      let report = try await engine.up(stack)
      let message = report.failures.first?.error.message ?? ""
      #expect(message.contains("pre_start[1] of web exited with 9:\nmigration 7 failed"), "\(message)")
      #expect(try await engine.container("fails-web-1").state == .created)
      #expect(try await engine.container("fails-web-pre_start-1").exitCode == 9)
      #expect(try await engine.log("fails").contains("migration 7 failed\n"))

      stack.services["web"]?.options.hooks?.beforeStart[1] = step("two")
      #expect(try await engine.up(stack).failures == [])
      #expect(try await engine.exec("fails", "web", ["cat", "/data/log"]).output == "one\ntwo\nnever\n")
      #expect(await engine.backend.containers.find(name: "fails-web-pre_start-1") == nil)
    }
  }

  @Test func anImageOfAnInitContainerThatIsNotHereIsToldBeforeAnythingIsMade() async throws {
    try await EngineOfOurOwn.with { engine in
      let stack = engine.stack("absent", ["web": "exec sleep 1000"]) {
        $0.hooks = LifecycleHooks(beforeStart: [InitStep(image: "no-such-image")])
      }
      let error = await #expect(throws: EngineError.self) { try await engine.up(stack) }
      #expect(error?.message == "pre_start[0]: the image \"no-such-image\" is not on this machine")
      #expect(await engine.backend.containers.all().isEmpty)
    }
  }

  @Test func initContainersHaveTheServicesNetworkAndAnImageAndUserOfTheirOwn() async throws {
    try await EngineOfOurOwn.with { engine in
      var stack = engine.stack("own", ["web": "exec sleep 1000", "db": "exec sleep 1000"])
      stack.services["web"]?.options.user = "app"
      stack.services["web"]?.options.environment = ["A": "1"]
      stack.services["web"]?.options.hooks = LifecycleHooks(beforeStart: [
        InitStep(
          command: ["sh", "-c", "id -u; echo $A $B; pwd; nslookup db > /dev/null && echo found"], image: "tiny", workingDirectory: "/srv",
          environment: ["B": "2"]),
        InitStep(command: ["id", "-u"]),
      ])
      stack.services["web"]?.dependsOn = ["db": Dependency()]
      let (report, events) = try await engine.events { try await engine.upTelling(stack, $0) }
      #expect(report.failures == [])
      #expect(events.lines("Container own-web-pre_start-0") == ["0", "1 2", "/srv", "found"])
      #expect(events.lines("Container own-web-pre_start-1") == ["1000"])
    }
  }
}

extension EngineOfOurOwn {
  /// `up`, with its events.
  func upTelling(_ stack: Stack, _ tell: @escaping @Sendable (Event) -> Void) async throws -> Report {
    try await backend.carryOut(StackRequest(project: stack.name, stack: stack, operation: .up(UpOptions())), onEvent: tell)
  }

  @discardableResult
  func stop(_ project: ProjectName) async throws -> Report {
    try await backend.carryOut(StackRequest(project: project, stack: nil, operation: .stop(services: [], timeout: nil))) { _ in }
  }

  /// What an operation returns, and the events that it told.
  func events(
    _ operation: (@escaping @Sendable (Event) -> Void) async throws -> Report
  ) async throws -> (report: Report, events: [Event]) {
    let told = Told()
    let report = try await operation { told.add($0) }
    return (report, told.events)
  }
}

extension [Event] {
  /// The lines of output about a subject.
  func lines(_ subject: String) -> [String] {
    compactMap { if case .output(subject, let line) = $0.kind { line } else { nil } }
  }
}
