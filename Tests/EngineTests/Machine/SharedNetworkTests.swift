import Backend
import Glibc
import Reconciler
import StackModel
import TestSupport
import Testing

@testable import Engine
@testable import Networking

/// `network_mode: service:x` on the real kernel: x is replaced, and who shares its network does not notice.
@Suite(.serialized) struct SharedNetworkTests {
  private static let server = "mkdir -p /tmp/www; echo side >/tmp/www/index.html; exec httpd -f -p 80 -h /tmp/www"

  /// `app`, whose network `side` serves on, and `client`, who asks for it.
  private func stack(_ engine: EngineOfOurOwn, _ name: ProjectName, sharers: [ServiceName] = ["side"], port: UInt16? = nil) -> Stack {
    var scripts: [ServiceName: String] = ["app": "exec sleep 1000", "client": "exec sleep 1000"]
    for sharer in sharers { scripts[sharer] = sharer == sharers.first ? Self.server : "exec sleep 1000" }
    var stack = engine.stack(name, scripts)
    for sharer in sharers {
      stack.services[sharer]?.options.network = .service("app")
      stack.services[sharer]?.dependsOn = ["app": Dependency()]
    }
    stack.services["app"]?.options.ports = port.map { [PortMapping(published: $0, target: 80)] } ?? []
    return stack
  }

  private func namespace(_ engine: EngineOfOurOwn, _ project: ProjectName, _ service: ServiceName) async throws -> String {
    try await engine.exec(project, service, ["readlink", "/proc/self/ns/net"]).output
  }

  /// Side's server is reached by app's name.
  private func expectServed(
    _ engine: EngineOfOurOwn, _ project: ProjectName, port: UInt16? = nil, sourceLocation: SourceLocation = #_sourceLocation
  ) async throws {
    let page = try await eventually {
      try await engine.exec(project, "client", ["timeout", "5", "wget", "-q", "-O", "-", "http://app/index.html"]).output
    } until: {
      $0 == "side\n"
    }
    #expect(page == "side\n", sourceLocation: sourceLocation)
    guard let port else { return }
    let answer = try await run("/bin/busybox", "timeout", "5", "busybox", "wget", "-q", "-O", "-", "http://127.0.0.1:\(port)/index.html").output
    #expect(answer == "side\n", "by the published port", sourceLocation: sourceLocation)
  }

  /// The name of the container that keeps a network for another one.
  private func holder(_ engine: EngineOfOurOwn) async -> String? {
    for container in await engine.backend.containers.sharing() where await container.record.heldNetwork != nil {
      return container.spec.name
    }
    return nil
  }

  private func end(_ engine: EngineOfOurOwn, _ name: String) async throws {
    let pid = try #require(try await engine.container(name).pid)
    kill(pid, SIGKILL)
    let ended = try await eventually {
      try await engine.container(name).pid
    } until: {
      $0 != pid
    }
    #expect(ended != pid)
  }

  @Test(arguments: [nil, EngineOfOurOwn.someUsers]) func whoSharesGoesOn(users: UserMapping?) async throws {
    try await EngineOfOurOwn.with(users: users) { (engine) async throws in
      let port = try freePort()
      let wanted = stack(engine, "on", port: port)
      #expect(try await engine.up(wanted).failures == [])
      try await expectServed(engine, "on", port: port)
      let before = try await engine.container("on-side-1")
      let address = try await engine.container("on-app-1").addresses
      let own = try await namespace(engine, "on", "side")
      func expectSame(_ what: String) async throws {
        let now = try await engine.container("on-side-1")
        #expect(now.id == before.id && now.pid == before.pid && now.startedAt == before.startedAt, "\(what)")
        #expect(try await namespace(engine, "on", "side") == own, "\(what)")
        #expect(try await namespace(engine, "on", "app") == own, "\(what)")
        #expect(try await engine.container("on-app-1").addresses == address, "\(what)")
        #expect(try await engine.exec("on", "app", ["timeout", "5", "wget", "-q", "-O", "-", "http://127.0.0.1/index.html"]).output == "side\n")
        // Names are answered in there, and the way out is there; what tells where to ask is one file.
        func file(_ service: ServiceName) async throws -> String {
          try await engine.exec("on", service, ["stat", "-c", "%i", "/etc/resolv.conf"]).output
        }
        #expect(try await file("app") == file("side"), "\(what)")
        for service in ["app", "side"] as [ServiceName] {
          #expect(try await engine.exec("on", service, ["nslookup", "client"]).code == 0, "\(what)")
          #expect(try await engine.exec("on", service, ["ip", "route"]).output.contains("default via "), "\(what)")
        }
        try await expectServed(engine, "on", port: port)
        #expect(await holder(engine) == nil, "\(what)")
      }
      // Everything of it is there while the container itself is not.
      let app = try #require(await engine.backend.containers.find(name: "on-app-1"))
      try await app.stop(grace: .zero)
      try await expectServed(engine, "on", port: port)
      #expect(try await engine.container("on-side-1").keptNetwork?.container == "on-app-1")
      let start = try await engine.up(wanted)
      #expect(start.failures == [] && start.plan.steps.map(\.action) == [.startContainer(name: "on-app-1")], "\(start.plan)")
      try await expectSame("stopped and started")
      // Its program leads everything elsewhere and goes.
      if users == nil {
        var rights = wanted
        rights.services["app"]?.options.capAdd = ["NET_ADMIN"]
        let report = try await engine.up(rights)
        #expect(report.failures == [] && report.plan.steps.allSatisfy { $0.action.subject == "Container on-app-1" }, "\(report.plan)")
        #expect(try await engine.exec("on", "app", ["ip", "route", "delete", "default"]).code == 0)
        try await app.engine.container(named: "on-app-1").stop(grace: .zero)
        #expect(try await engine.up(rights).failures == [])
        try await expectSame("without a route")
      }
      var changed = wanted
      changed.services["app"]?.options.environment = ["A": "1"]
      changed.services["app"]?.options.restart = .always
      let report = try await engine.up(changed)
      #expect(report.failures == [] && report.plan.steps.allSatisfy { $0.action.subject == "Container on-app-1" }, "\(report.plan)")
      try await expectSame("made anew")
      var forced = UpOptions()
      forced.services = ["app"]
      forced.forceRecreate = true
      #expect(try await engine.up(changed, forced).failures == [])
      try await expectSame("made anew by force")
      try await end(engine, "on-app-1")
      _ = try await eventually {
        try await engine.container("on-app-1").state
      } until: {
        $0 == .running
      }
      try await expectSame("killed")
      // Further networks come and go for both.
      let more = Network(key: "more", name: "on_more")
      var wider = changed
      wider.networks["on_more"] = more
      wider.services["app"]?.options.network = .bridges([Attachment(network: "on_default"), Attachment(network: "on_more")])
      #expect(try await engine.up(wider).failures == [])
      #expect(try await engine.exec("on", "side", ["ip", "address", "show", "eth1"]).code == 0)
      try await end(engine, "on-app-1")
      _ = try await eventually {
        try await engine.container("on-app-1").state
      } until: {
        $0 == .running
      }
      #expect(try await namespace(engine, "on", "app") == own)
      #expect(try await engine.exec("on", "app", ["ip", "address", "show", "eth1"]).code == 0)
    }
  }

  /// The engine finds again who is where, however much has happened without it.
  @Test func anEngineThatComesBackKnowsWhoKeepsIt() async throws {
    try await EngineOfOurOwn.with { (first) async throws in
      var engine = first
      let port = try freePort()
      let wanted = stack(engine, "back", sharers: ["side", "third"], port: port)
      #expect(try await engine.up(wanted).failures == [])
      let before = try await engine.container("back-side-1")
      let own = try await namespace(engine, "back", "side")
      // One ends, then the engine.
      try await #require(await engine.backend.containers.find(name: "back-app-1")).stop(grace: .zero)
      engine = try await engine.reopened()
      #expect(try await engine.container("back-app-1").state == .exited)
      try await expectServed(engine, "back", port: port)
      #expect(try await engine.up(wanted).failures == [])
      #expect(try await namespace(engine, "back", "app") == own)
      // The engine ends, then the one.
      let pid = try #require(try await engine.container("back-app-1").pid)
      await engine.backend.shutDown()
      kill(pid, SIGKILL)
      #expect(await hasEnded(pid))
      engine = try await engine.reopened()
      #expect(try await engine.container("back-app-1").state == .exited)
      try await expectServed(engine, "back", port: port)
      // And with it the one that would have kept it.
      let holder = try #require(await holder(engine))
      let other = holder == "back-side-1" ? "back-third-1" : "back-side-1"
      let gone = try #require(try await engine.container(holder).pid)
      await engine.backend.shutDown()
      kill(gone, SIGKILL)
      #expect(await hasEnded(gone))
      engine = try await engine.reopened()
      #expect(try await engine.container(other).keptNetwork?.container == "back-app-1")
      #expect(try await engine.up(wanted).failures == [])
      for name in ["app", "side", "third"] as [ServiceName] { #expect(try await namespace(engine, "back", name) == own, "\(name)") }
      if other == "back-side-1" { #expect(try await engine.container(other).pid == before.pid) }
      try await expectServed(engine, "back", port: port)
      await engine.end()
    }
  }

  /// The one that keeps it ends, and another one has it; with the last of them everything is given back.
  @Test func itGoesFromHandToHand() async throws {
    try await EngineOfOurOwn.with { (engine) async throws in
      let port = try freePort()
      let wanted = stack(engine, "hands", sharers: ["side", "third"], port: port)
      #expect(try await engine.up(wanted).failures == [])
      let own = try await namespace(engine, "hands", "side")
      let app = try #require(await engine.backend.containers.find(name: "hands-app-1"))
      let side = try #require(await engine.backend.containers.find(name: "hands-side-1"))
      let third = try #require(await engine.backend.containers.find(name: "hands-third-1"))
      try await app.stop(grace: .zero)
      try await side.stop(grace: .zero)
      #expect(await holder(engine) == "hands-third-1")
      // It is joined though its first owner is not there.
      try await side.start()
      #expect(try await namespace(engine, "hands", "side") == own)
      try await expectServed(engine, "hands", port: port)
      try await third.stop(grace: .zero)
      #expect(await side.record.heldNetwork?.name == "hands-app-1")
      // The container itself goes, too.
      try await engine.backend.remove(app.id, volumes: false)
      try await expectServed(engine, "hands", port: port)
      try await side.stop(grace: .zero)
      let owners = await engine.backend.networking.networks["hands_default"]?.pools.owners.count
      #expect(owners == 1, "only the client's")
      #expect(await engine.backend.networking.heldPorts.isEmpty)
      #expect(try await run("/bin/busybox", "timeout", "5", "busybox", "wget", "-q", "-O", "-", "http://127.0.0.1:\(port)/").status != 0)
      #expect(try await engine.up(wanted).failures == [])
      #expect(try await namespace(engine, "hands", "side") == namespace(engine, "hands", "app"))
      try await expectServed(engine, "hands", port: port)
    }
  }

  /// What is kept for one that is not there stands in nobody's way.
  @Test func whatIsKeptIsGivenUp() async throws {
    try await EngineOfOurOwn.with { (engine) async throws in
      let port = try freePort()
      var wanted = stack(engine, "up", port: port)
      #expect(try await engine.up(wanted).failures == [])
      let before = try await engine.container("up-side-1")
      try await #require(await engine.backend.containers.find(name: "up-app-1")).stop(grace: .zero)
      wanted.services["app"]?.options.ports = []
      wanted.services["client"]?.options.ports = [PortMapping(published: port, target: 80)]
      #expect(try await engine.up(wanted).failures == [])
      #expect(try await engine.container("up-side-1").pid == before.pid)
      #expect(try await namespace(engine, "up", "app") == namespace(engine, "up", "side"))
      try await expectServed(engine, "up")
      // Nor does a network go on for its sake.
      try await #require(await engine.backend.containers.find(name: "up-app-1")).stop(grace: .zero)
      try await #require(await engine.backend.containers.find(name: "up-client-1")).stop(grace: .zero)
      try await engine.backend.removeNetwork(NetworkName("up_default"))
      #expect(await holder(engine) == nil)
      #expect(try await engine.container("up-side-1").joinedNetwork == nil)
    }
  }

  @Test func aStartThatFailsChangesNothingForOthers() async throws {
    try await EngineOfOurOwn.with { (engine) async throws in
      let port = try freePort()
      let wanted = stack(engine, "fails", port: port)
      #expect(try await engine.up(wanted).failures == [])
      let before = try await engine.container("fails-side-1")
      let own = try await namespace(engine, "fails", "side")
      var broken = wanted
      broken.services["app"]?.options.command = ["/no/such/program"]
      #expect(try await engine.up(broken).failures.count == 1)
      try await expectServed(engine, "fails", port: port)
      let report = try await engine.up(wanted)
      #expect(report.failures == [] && report.plan.steps.allSatisfy { $0.action.subject == "Container fails-app-1" }, "\(report.plan)")
      let now = try await engine.container("fails-side-1")
      #expect(now.pid == before.pid && now.id == before.id)
      #expect(try await namespace(engine, "fails", "app") == own)
      try await expectServed(engine, "fails", port: port)
    }
  }

  /// Where it cannot come back, who shares its network begins again with it.
  @Test func whoIsLeftBehindFollows() async throws {
    try await EngineOfOurOwn.with { (engine) async throws in
      var wanted = stack(engine, "left")
      #expect(try await engine.up(wanted).failures == [])
      let before = try await engine.container("left-side-1")
      // Nobody knows which network it is in, as of containers that an earlier version has started.
      let side = try #require(await engine.backend.containers.find(name: "left-side-1"))
      await side.noteNetworkOwner(nil)
      let app = try #require(await engine.backend.containers.find(name: "left-app-1"))
      try await app.stop(grace: .zero)
      try await app.start()
      let now = try await eventually {
        try await engine.container("left-side-1")
      } until: {
        $0.state == .running && $0.pid != before.pid
      }
      #expect(now.pid != before.pid && now.remark == "restarted because app was")
      #expect(try await namespace(engine, "left", "side") == namespace(engine, "left", "app"))
      try await expectServed(engine, "left")
      // Other networks, at the same time as something that needs a new container: the plan says so.
      wanted.networks["left_more"] = Network(key: "more", name: "left_more")
      wanted.services["app"]?.options.network = .bridges([Attachment(network: "left_more"), Attachment(network: "left_default")])
      wanted.services["app"]?.options.environment = ["A": "1"]
      let report = try await engine.up(wanted)
      #expect(report.failures == [])
      #expect(
        report.plan.steps.contains { $0.action.subject == "Container left-side-1" && $0.reasons == [.dependency("app")] }, "\(report.plan)")
      #expect(try await namespace(engine, "left", "side") == namespace(engine, "left", "app"))
      try await expectServed(engine, "left")
    }
  }
}
