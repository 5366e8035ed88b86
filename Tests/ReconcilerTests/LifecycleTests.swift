import Reconciler
import StackModel
import Testing

/// build, start, stop, restart, kill, rm.
@Suite struct LifecycleTests {
  private let pair = stack(
    service("db") { $0.options.healthcheck = Healthcheck(test: ["CMD", "true"]) },
    service("web", needs: ["db": Dependency(condition: .healthy, restart: true)]))

  private func stopped() throws -> World {
    try World(up: pair) { world in for name in ["shop-db-1", "shop-web-1"] { world.change(name) { $0.end(code: 0) } } }
  }

  @Test func stopsDependantsFirst() throws {
    #expect(
      try printed(World(up: pair), pair, .stop(services: [], timeout: nil)) == """
        0 ~ stop container shop-web-1 (stop)
        1 ~ stop container shop-db-1 (stop) after 0
        """)
    #expect(try printed(World(up: pair), nil, .stop(services: ["db"], timeout: 2)) == "0 ~ stop container shop-db-1 (stop)")
    #expect(try stopped().plan(pair, .stop(services: [], timeout: nil)).isEmpty)
  }

  @Test func startsDependenciesFirstAndWaits() throws {
    let expected = """
      0 ~ start container shop-db-1 (exited (0))
      1 ~ wait until db is healthy (web waits for it) after 0
      2 ~ start container shop-web-1 (exited (0)) after 1
      """
    #expect(try printed(stopped(), pair, .start(services: [])) == expected)
    #expect(try printed(stopped(), pair, .start(services: ["web"])) == expected)
    #expect(try World(up: pair).plan(pair, .start(services: [])).unchanged == ["shop-db-1", "shop-web-1"])
  }

  @Test func cannotStartWhatWasNeverMade() throws {
    #expect(try refusal(World(), pair, .start(services: ["web"])) == "service \"web\" has no container to start | make one: muster up web")
    #expect(try refusal(World(), pair, .start(services: [])) == "the project \"shop\" has no containers to start | make them: muster up")
  }

  @Test func restartsDependantsThatAskForIt() throws {
    #expect(
      try printed(World(up: pair), pair, .restart(services: ["db"], timeout: nil, noDependencies: false)) == """
        0 ~ restart container shop-db-1 (restart)
        1 ~ wait until db is healthy (web waits for it) after 0
        2 ~ restart container shop-web-1 (it needs db, which changes) after 1
        """)
    #expect(
      try printed(World(up: pair), pair, .restart(services: ["db"], timeout: nil, noDependencies: true))
        == "0 ~ restart container shop-db-1 (restart)")
    #expect(
      try stopped().plan(pair, .restart(services: ["db"], timeout: nil, noDependencies: true)).steps[0].action
        == .startContainer(name: "shop-db-1"))
  }

  @Test func whoSharesTheNetworkOfARestartedContainerGoesOn() throws {
    let stack = stack(service("app"), service("sidecar", needs: ["app": Dependency()]) { $0.options.network = .service("app") })
    var world = try World(up: stack)
    let plan = try world.plan(stack, .restart(services: ["app"], timeout: nil, noDependencies: false))
    #expect(plan.description == "0 ~ restart container shop-app-1 (restart)")
    try world.carryOut(stack, plan)
    #expect(world.observed.containers.filter(\.isUp).count == 2)
    // All of them, when all are meant.
    #expect(
      try world.plan(stack, .restart(services: [], timeout: nil, noDependencies: false)).description == """
        0 ~ stop container shop-sidecar-1 (restart)
        1 ~ restart container shop-app-1 (restart) after 0
        2 ~ start container shop-sidecar-1 (restart) after 0 1
        """)
    // And whoever asks for it.
    let asking = ReconcilerTests.stack(
      service("app"), service("sidecar", needs: ["app": Dependency(restart: true)]) { $0.options.network = .service("app") })
    let text = try World(up: asking).plan(asking, .restart(services: ["app"], timeout: nil, noDependencies: false)).description
    #expect(text.contains("stop container shop-sidecar-1 (it needs app, which changes)"), "\(text)")
  }

  /// One that an earlier version has started: nobody has noted which network it is in.
  @Test func restartsASharedNetworkWithItsSharers() throws {
    let stack = stack(service("app"), service("sidecar", needs: ["app": Dependency()]) { $0.options.network = .service("app") })
    var world = try World(up: stack) { $0.change("shop-sidecar-1") { $0.joinedNetwork = nil } }
    let plan = try world.plan(stack, .restart(services: ["app"], timeout: nil, noDependencies: false))
    #expect(
      plan.description == """
        0 ~ stop container shop-sidecar-1 (it needs app, which changes)
        1 ~ restart container shop-app-1 (restart) after 0
        2 ~ start container shop-sidecar-1 (it needs app, which changes) after 0 1
        """)
    try world.carryOut(stack, plan)
    #expect(world.observed.containers.filter(\.isUp).count == 2)
  }

  @Test func killsAllAtOnce() throws {
    #expect(
      try printed(World(up: pair), pair, .kill(services: [], signal: "SIGHUP")) == """
        0 ~ kill container shop-db-1 with SIGHUP (kill)
        1 ~ kill container shop-web-1 with SIGHUP (kill)
        """)
  }

  @Test func removesWhatIsStoppedOrStopsIt() throws {
    #expect(try printed(World(up: pair), pair, .remove(services: [], stop: false, volumes: false)) == "note: No stopped containers")
    #expect(
      try printed(stopped(), pair, .remove(services: ["web"], stop: false, volumes: true))
        == "0 - remove container shop-web-1 and its anonymous volumes (rm)")
    #expect(
      try printed(World(up: pair), pair, .remove(services: [], stop: true, volumes: false)) == """
        0 ~ stop container shop-web-1 (rm --stop)
        1 - remove container shop-web-1 (rm) after 0
        2 ~ stop container shop-db-1 (rm --stop) after 0
        3 - remove container shop-db-1 (rm) after 2
        """)
  }

  @Test func buildsWhatCanBeBuilt() throws {
    let stack = stack(service("app") { $0.build = BuildSpec(context: "/src") }, service("db"))
    #expect(try printed(World(), stack, .build(services: [], noCache: false)) == "0 + build image app:1 (build)")
    #expect(
      try printed(World(), stack, .build(services: ["db"], noCache: false)) == "note: db uses the image db:1; there is nothing to build")
    let plan = try World().plan(stack, .build(services: ["app"], noCache: true))
    guard case .buildImage(let spec, _, _) = plan.steps[0].action else {
      Issue.record("not a build")
      return
    }
    #expect(spec.noCache)
    #expect(!plan.needsReplanning)
  }
}
