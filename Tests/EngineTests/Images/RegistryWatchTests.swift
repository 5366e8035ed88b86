import Backend
import Glibc
import ImageStore
import OCI
import Reconciler
import StackModel
import Synchronization
import TestSupport
import Testing

@testable import Engine

/// What the engine does by itself when tags move in a registry (`x-muster.update`), by a clock that is set.
@Suite(.serialized, .enabled(if: RegistryOfOurOwn.isInstalled, "docker-registry is not installed")) struct RegistryWatchTests {
  private static let script = "trap 'exit 0' TERM; while :; do sleep 0.05; done"

  /// The stack `shop` with a service for each policy, each with a tag of its own, brought up from a registry.
  private func played(
    _ change: (inout Stack) -> Void = { _ in },
    _ body: (_ engine: EngineOfOurOwn, _ clock: SetClock, _ host: String, _ registry: Child) async throws -> Void
  ) async throws {
    let clock = try SetClock("2026-01-01T00:00:00Z")
    try await RegistryOfOurOwn.with(TemporaryDirectory("registry")) { host, registry in
      try await EngineOfOurOwn.with(clock: clock) { engine in
        var stack = engine.stack("shop", ["auto": Self.script, "notify": Self.script, "manual": Self.script])
        for policy in ImageUpdates.Policy.allCases {
          let image = "\(host)/shop:\(policy.rawValue)"
          try await engine.backend.tagImage("tiny", as: image)
          _ = try await engine.backend.pushImage(PushRequest(reference: image)) { _ in }
          stack.services[ServiceName(policy.rawValue)]?.image = image
          stack.services[ServiceName(policy.rawValue)]?.options.imageUpdates = ImageUpdates(policy, every: .seconds(3600))
        }
        change(&stack)
        var options = UpOptions()
        options.keeps = true
        options.scale = ["auto": 2]
        #expect(try await engine.up(stack, options).failures == [])
        try await body(engine, clock, host, registry)
      }
    }
  }

  /// Has the registry's tags stand for another image, and those here for the one that they stood for. Returns the other one.
  @discardableResult
  private func move(_ engine: EngineOfOurOwn, _ host: String, _ change: String = "ENV VERSION=2") async throws -> Digest {
    let image = try await engine.backend.commit(CommitRequest(container: "shop-manual-1", changes: [change]))
    for policy in ImageUpdates.Policy.allCases {
      let name = "\(host)/shop:\(policy.rawValue)"
      let here = try #require(await engine.backend.images.resolve(name)?.id)
      try await engine.backend.tagImage(image.id.description, as: name)
      _ = try await engine.backend.pushImage(PushRequest(reference: name)) { _ in }
      try await engine.backend.tagImage(here.description, as: name)
    }
    return image.id
  }

  private func told(_ engine: EngineOfOurOwn) -> [String] {
    let messages = engine.backend.log.listen("shop", since: 0).past.compactMap(\.message)
    return messages.filter { $0.type == "image" && $0.action == "outdated" }.map(\.name)
  }

  @Test func eachServiceHasItsPolicy() async throws {
    try await played { engine, clock, host, _ in
      let before = try await (engine.container("shop-auto-1"), engine.container("shop-notify-1"), engine.container("shop-manual-1"))
      try await move(engine, host)
      // Nobody is asked before it is time.
      try await Task.sleep(for: .milliseconds(500))
      #expect(told(engine) == [])
      try clock.set("2026-01-01T02:00:00Z")
      let after = try await eventually(within: 60) {
        await engine.backend.containers.find(name: "shop-auto-1")?.observed
      } until: {
        $0.map { $0.id != before.0.id && $0.state == .running } ?? false
      }
      #expect(after?.id != before.0.id && after?.imageID != before.0.imageID)
      let second = try await eventually {
        await engine.backend.containers.find(name: "shop-auto-2")?.observed
      } until: {
        $0?.imageID == after?.imageID && $0?.state == .running
      }
      #expect(second?.imageID == after?.imageID && second?.state == .running, "as many as there were")
      #expect(try await engine.exec("shop", "auto", ["sh", "-c", "echo $VERSION"]).output == "2\n")
      let names = try await eventually {
        told(engine).sorted()
      } until: {
        $0.count == 2
      }
      #expect(names == ["\(host)/shop:auto", "\(host)/shop:notify"])
      let observed = try await engine.backend.observe("shop").containers
      let outdated = observed.filter { $0.outdated != nil }.map { "\($0.spec.service): \($0.outdated ?? [])" }
      #expect(outdated == ["notify: [\"image: the registry has another \(host)/shop:notify\"]"])
      #expect(try await engine.container("shop-notify-1").pid == before.1.pid)
      #expect(try await engine.container("shop-manual-1").pid == before.2.pid)
      // The same is not told twice, and what is as it should be is left alone.
      try clock.set("2026-01-01T06:00:00Z")
      try await Task.sleep(for: .milliseconds(1500))
      #expect(told(engine).count == 2)
      #expect(try await engine.container("shop-auto-1").id == after?.id)
    }
  }

  /// The new image is here, and the engine dies before it has made containers of it.
  @Test func anUpdateThatAnEngineHasBegunIsBroughtToItsEndByTheNext() async throws {
    try await played { engine, clock, host, _ in
      let before = try await (engine.container("shop-auto-1"), engine.container("shop-manual-1"))
      try await move(engine, host)
      for watch in engine.backend.watches.withLock({ $0 }) { watch.cancel() }
      let request = StackRequest(project: "shop", stack: nil, operation: .gettingMoved(["auto", "manual"]))
      #expect(try await engine.backend.carryOut(request) { _ in }.failures == [])
      #expect(try await engine.container("shop-auto-1").id == before.0.id)
      // By its clock no registry is asked yet.
      let next = try await engine.reopened(clock: clock)
      for name in ["shop-auto-1", "shop-auto-2"] {
        let after = try await eventually(within: 60) {
          await next.backend.containers.find(name: name)?.observed
        } until: {
          $0.map { $0.imageID != before.0.imageID && $0.state == .running } ?? false
        }
        #expect(after?.imageID != before.0.imageID && after?.state == .running, "\(name)")
      }
      #expect(told(next) == [])
      #expect(try await next.container("shop-manual-1").id == before.1.id)
      #expect(try await next.backend.observe("shop").containers.filter { $0.outdated != nil }.map(\.spec.name) == ["shop-manual-1"])
      // It is done once.
      let done = try await next.container("shop-auto-1").id
      try await Task.sleep(for: .seconds(1))
      #expect(try await next.container("shop-auto-1").id == done)
      await next.end()
    }
  }

  /// Not when something else of the stack succeeds, not by the next engine, and not when the registry is asked again.
  @Test(arguments: [Rollout.FailureAction.pause, .rollback])
  func anUpdateThatFailedIsNotBegunAgain(action: Rollout.FailureAction) async throws {
    func prepare(_ stack: inout Stack) {
      stack.services["auto"]?.options.healthcheck = Healthcheck(
        test: ["CMD-SHELL", "[ -z \"$BROKEN\" ]"], interval: .milliseconds(200), timeout: .seconds(10), retries: 2)
      var (deployment, update) = (Deployment(), Rollout())
      update.failureAction = action
      deployment.update = update
      stack.services["auto"]?.requests = ServiceRequests()
      stack.services["auto"]?.requests?.deployment = deployment
    }
    try await played(prepare) { engine, clock, host, _ in
      let tiny = try await engine.container("shop-auto-1").imageID
      let broken = try await move(engine, host, "ENV BROKEN=1")
      @Sendable func outcomes(_ engine: EngineOfOurOwn) async throws -> [Revision.Outcome] {
        try await engine.backend.history("shop").reversed().map(\.outcome)
      }
      func images(_ engine: EngineOfOurOwn) async throws -> [Digest] {
        try await [engine.container("shop-auto-1").imageID, engine.container("shop-auto-2").imageID]
      }
      let isTakenBack = action == .rollback
      try clock.set("2026-01-01T02:00:00Z")
      let first: [Revision.Outcome] = isTakenBack ? [.succeeded, .failed, .succeeded] : [.succeeded, .failed]
      let found = try await eventually(within: 60) {
        try await outcomes(engine)
      } until: {
        $0 == first
      }
      #expect(found == first)
      #expect(try await images(engine) == [isTakenBack ? tiny : broken, tiny])
      // Another service is changed, which succeeds.
      var stack = try #require(await engine.backend.catalog.stack("shop")?.stack)
      stack.services["notify"]?.options.environment["A"] = "b"
      var options = UpOptions()
      options.keeps = true
      options.noDependencies = true
      options.services = ["notify"]
      #expect(try await engine.up(stack, options).failures == [])
      try clock.set("2026-01-01T06:00:00Z")
      try await Task.sleep(for: .milliseconds(1500))
      #expect(try await outcomes(engine) == first + [.succeeded])
      let next = try await engine.reopened(clock: clock)
      try clock.set("2026-01-01T12:00:00Z")
      try await Task.sleep(for: .milliseconds(1500))
      #expect(try await outcomes(next) == first + [.succeeded])
      #expect(try await images(next) == [isTakenBack ? tiny : broken, tiny])
      // The tag moves again. What was rolled back waits for somebody all the same.
      let mended = try await move(next, host, "ENV VERSION=3")
      try clock.set("2026-01-01T18:00:00Z")
      guard !isTakenBack else {
        try await Task.sleep(for: .milliseconds(1500))
        #expect(try await images(next) == [tiny, tiny])
        return await next.end()
      }
      let after = try await eventually(within: 60) {
        try await outcomes(next)
      } until: {
        $0.count == first.count + 2
      }
      #expect(after == first + [.succeeded, .succeeded])
      #expect(try await images(next) == [mended, mended])
      let left = try await eventually {
        await next.backend.catalog.failedUpdate(of: "auto", in: "shop")
      } until: {
        $0 == nil
      }
      #expect(left == nil)
      await next.end()
    }
  }

  /// Ended for good, or started again and again: a newer image comes all the same.
  @Test(arguments: [RestartPolicy.no, .always])
  func aNewerImageMendsWhatEndsBadly(restart: RestartPolicy) async throws {
    func prepare(_ stack: inout Stack) {
      stack.services["auto"]?.options.command = ["sh", "-c", "[ -n \"$VERSION\" ] || exit 7; \(Self.script)"]
      stack.services["auto"]?.options.restart = restart
    }
    try await played(prepare) { engine, clock, host, _ in
      let before = try await eventually {
        try await engine.container("shop-auto-1")
      } until: {
        $0.state == (restart == .no ? .exited : .restarting) && $0.exitCode == 7
      }
      #expect(before.exitCode == 7)
      let mended = try await move(engine, host)
      try clock.set("2026-01-01T02:00:00Z")
      for name in ["shop-auto-1", "shop-auto-2"] {
        let after = try await eventually(within: 60) {
          await engine.backend.containers.find(name: name)?.observed
        } until: {
          $0?.imageID == mended && $0?.state == .running
        }
        #expect(after?.imageID == mended && after?.state == .running, "\(name)")
      }
    }
  }

  @Test func whoIsStoppedStaysSoAndARegistryThatIsAwayIsToldOnce() async throws {
    try await played { engine, clock, host, registry in
      try await move(engine, host)
      let request = StackRequest(project: "shop", stack: nil, operation: .stop(services: ["auto"], timeout: 0))
      #expect(try await engine.backend.carryOut(request) { _ in }.failures == [])
      let warnings = Collected()
      let events = engine.backend.log.listen("shop").stream
      let listening = Task {
        for await event in events { if case .warning(let text) = event.kind { await warnings.add(Array("\(text)\n".utf8)) } }
      }
      defer { listening.cancel() }
      try clock.set("2026-01-01T02:00:00Z")
      let names = try await eventually {
        told(engine).sorted()
      } until: {
        $0.count == 2
      }
      #expect(names.count == 2)
      try await Task.sleep(for: .milliseconds(500))
      #expect(try await engine.container("shop-auto-1").state == .exited)
      registry.signal(SIGKILL)
      _ = await registry.end()
      for hour in ["06", "12", "18"] {
        try clock.set("2026-01-01T\(hour):00:00Z")
        try await Task.sleep(for: .milliseconds(700))
      }
      let text = try await eventually {
        await warnings.text
      } until: {
        $0.contains("notify: whether there is a newer") && $0.contains("auto: whether there is a newer")
      }
      #expect(text.split(separator: "\n").count == 2, "\(text)")
      #expect(try await engine.container("shop-notify-1").state == .running)
    }
  }
}
