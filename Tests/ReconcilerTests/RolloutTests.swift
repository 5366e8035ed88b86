import OCI
import Reconciler
import StackModel
import Testing

/// `deploy.update_config` as steps.
@Suite struct RolloutTests {
  /// A stack of one service that is replaced as `edit` says.
  private func web(_ replicas: Int = 1, user: String? = nil, _ edit: (inout Rollout) -> Void) -> Service {
    service("web", replicas: replicas) {
      var (deployment, update) = (Deployment(), Rollout())
      edit(&update)
      deployment.update = update
      $0.requests = ServiceRequests()
      $0.requests?.deployment = deployment
      $0.options.user = user
    }
  }

  /// The plan's lines without the reason that all of them have.
  private func lines(_ world: World, _ stack: Stack, _ operation: Operation = up()) throws -> String {
    try printed(world, stack, operation).replacing(" (user: added web)", with: "").replacing(ids(world).0, with: "OLD")
      .replacing(ids(world).1, with: "OLD2")
  }

  private func ids(_ world: World) -> (String, String) {
    let ids = world.observed.containers.map { String($0.id.rawValue.prefix(12)) }
    return (ids[0], ids.count > 1 ? ids[1] : "no second")
  }

  /// A world whose ids differ at their beginnings.
  private func world(_ stack: Stack, _ edit: (inout World) -> Void = { _ in }) throws -> World {
    try World(up: stack) { world in
      world.renumber()
      edit(&world)
    }
  }

  @Test func startFirst() throws {
    let world = try world(stack(web { $0.order = .startFirst }))
    #expect(
      try lines(world, stack(web(user: "web") { $0.order = .startFirst })) == """
        0 + create container OLD_shop-web-1, which will be shop-web-1
        1 ~ start container OLD_shop-web-1 after 0
        2 ~ watch container OLD_shop-web-1 for 5s after 1
        3 ~ let OLD_shop-web-1 take over from container shop-web-1 after 2
        4 ~ drain container OLD_shop-web-1 after 3
        5 ~ stop container OLD_shop-web-1 after 4
        6 - remove container OLD_shop-web-1 after 5
        7 ~ settle the update of web, 1 of 1 whatever becomes of 6
        """)
  }

  /// Who is to restart with a service does so when the new one has taken over: while that is watched, nothing is down.
  @Test func whoIsBoundToAServiceThatGoesOnFollowsIt() throws {
    let bound: [ServiceName: Dependency] = ["web": Dependency(restart: true)]
    func stack(_ user: String? = nil, _ edit: @escaping (inout Rollout) -> Void) -> Stack {
      ReconcilerTests.stack(web(user: user, edit), service("front", needs: bound), service("back", needs: bound) { $0.options.user = user })
    }
    let world = try World(up: stack { $0.order = .startFirst })
    let plan = try world.plan(stack("web") { $0.order = .startFirst }, up())
    let settled = try #require(plan.steps.firstIndex { if case .settleBatch = $0.action { true } else { false } })
    func places(_ name: String) -> [Int] { plan.steps.indices.filter { plan.steps[$0].description.contains(name) } }
    #expect(places("shop-front-1").count == 1 && places("restart container shop-front-1").count == 1, "\(plan)")
    #expect((places("shop-front-1") + places("shop-back-1")).allSatisfy { $0 > settled }, "\(plan)")
    #expect(plan.steps[places("shop-front-1")[0]].after.contains(plan.steps[settled].id), "\(plan)")
    // One that stops first takes them with it.
    let early = try world.plan(stack("web") { $0.order = .stopFirst }, up())
    #expect(early.steps.first?.description.contains("stop container shop-") == true, "\(early)")
    #expect(early.steps.contains { $0.description.contains("stop container shop-front-1") }, "\(early)")
  }

  @Test func stopFirstInBatches() throws {
    func update(_ rollout: inout Rollout) {
      rollout.parallelism = 2
      rollout.delay = .seconds(10)
      rollout.monitor = .seconds(2)
    }
    let before = stack(web(3, update), service("proxy", needs: ["web": Dependency()]))
    let after = stack(web(3, user: "web", update), service("proxy", needs: ["web": Dependency()]) { $0.options.user = "web" })
    #expect(
      try lines(world(before), after) == """
        0 ~ stop container shop-web-1
        1 - remove container shop-web-1 after 0
        2 + create container shop-web-1 after 1
        3 ~ start container shop-web-1 after 2
        4 ~ watch container shop-web-1 for 2s after 3
        5 ~ stop container shop-web-2
        6 - remove container shop-web-2 after 5
        7 + create container shop-web-2 after 6
        8 ~ start container shop-web-2 after 7
        9 ~ watch container shop-web-2 for 2s after 8
        10 ~ settle the update of web, 1 of 2 whatever becomes of 4 9
        11 ~ wait 10s before the next of web after 10
        12 ~ stop container shop-web-3 after 11
        13 - remove container shop-web-3 after 12
        14 + create container shop-web-3 after 13
        15 ~ start container shop-web-3 after 14
        16 ~ watch container shop-web-3 for 2s after 15
        17 ~ settle the update of web, 2 of 2 after 11 whatever becomes of 4 9 16
        18 ~ stop container shop-proxy-1 after 10 17
        19 - remove container shop-proxy-1 after 18
        20 + create container shop-proxy-1 after 19
        21 ~ start container shop-proxy-1 after 10 17 20
        """)
  }

  /// Each entry: what of the service makes start-first impossible, and what is said of it.
  @Test(arguments: [
    (NetworkMode.host, "it is on the host's network"),
    (NetworkMode.bridges([Attachment(network: "shop_default", address: "10.0.0.9")]), "it has an address of its own"),
  ]) func whatCannotBeTwiceStopsFirst(mode: NetworkMode, why: String) throws {
    var (before, after) = (web { $0.order = .startFirst }, web(user: "web") { $0.order = .startFirst })
    before.options.network = mode
    after.options.network = mode
    let plan = try world(stack(before)).plan(stack(after), up())
    #expect(plan.notes == ["web: order start-first is not possible: \(why); its containers stop first"])
    #expect(!plan.description.contains("take over"))
    #expect(plan.description.contains("settle the update of web, 1 of 1"))
  }

  /// Two at a time cannot be in the namespace where its sharer stays.
  @Test func whoseNetworkIsSharedStopsFirst() throws {
    let sidecar = service("sidecar", needs: ["web": Dependency()]) { $0.options.network = .service("web") }
    let (before, after) = (web { $0.order = .startFirst }, web(user: "web") { $0.order = .startFirst })
    var world = try world(stack(before, sidecar))
    let plan = try world.carryOut(stack(after, sidecar), up())
    #expect(plan.notes == ["web: order start-first is not possible: sidecar stays in its network; its containers stop first"])
    #expect(plan.unchanged == ["shop-sidecar-1"])
    #expect(!plan.description.contains("take over"))
  }

  @Test func replicasThatShareAPortGoOneByOne() throws {
    func shared(_ user: String?) -> Stack {
      var web = web(2, user: user) { $0.order = .startFirst }
      web.options.ports = [PortMapping(published: 8080, target: 80)]
      web.options.healthcheck = Healthcheck(test: ["CMD", "true"])
      return stack(web)
    }
    let text = try lines(world(shared(nil)), shared("web"))
    #expect(
      text == """
        0 + create container OLD_shop-web-1, which will be shop-web-1
        1 ~ start container OLD_shop-web-1 after 0
        2 ~ watch container OLD_shop-web-1 until it is healthy after 1
        3 ~ let OLD_shop-web-1 take over from container shop-web-1 after 2
        4 ~ drain container OLD_shop-web-1 after 3
        5 ~ stop container OLD_shop-web-1 after 4
        6 - remove container OLD_shop-web-1 after 5
        7 ~ settle the update of web, 1 of 2 whatever becomes of 6
        8 + create container OLD2_shop-web-2, which will be shop-web-2 after 7
        9 ~ start container OLD2_shop-web-2 after 8
        10 ~ watch container OLD2_shop-web-2 until it is healthy after 9
        11 ~ let OLD2_shop-web-2 take over from container shop-web-2 after 10
        12 ~ drain container OLD2_shop-web-2 after 11
        13 ~ stop container OLD2_shop-web-2 after 12
        14 - remove container OLD2_shop-web-2 after 13
        15 ~ settle the update of web, 2 of 2 after 7 whatever becomes of 6 14
        """)
  }

  /// What an engine that died left beside goes first, since the next one has its name.
  @Test func aSuccessorThatWasLeftGoesFirst() throws {
    let world = try world(stack(web { $0.order = .startFirst })) { world in
      var left = world.observed.containers[0]
      left.id = ContainerID("2" + String(repeating: "b", count: 63))
      left.spec.name = ContainerSpec.successorName(of: left.spec.name, world.observed.containers[0].id)
      world.observed.containers.append(left)
    }
    let text = try lines(world, stack(web(user: "web") { $0.order = .startFirst }))
    #expect(
      text.hasPrefix(
        """
        0 ~ stop container OLD_shop-web-1 (not in the stack file any more)
        1 - remove container OLD_shop-web-1 (not in the stack file any more) after 0
        2 + create container OLD_shop-web-1, which will be shop-web-1 after 1
        """), "\(text)")
    var after = world
    after.observed.containers.sort { $0.spec.name < $1.spec.name }
    _ = try after.carryOut(stack(web(user: "web") { $0.order = .startFirst }), up())
    #expect(after.observed.containers.map(\.spec.name) == ["shop-web-1"])
  }

  @Test func withoutUpdateConfigNothingIsCutIntoBatches() throws {
    let plan = try printed(
      World(up: stack(service("web", replicas: 2))), stack(service("web", replicas: 2) { $0.options.user = "web" }), up())
    #expect(!plan.contains("settle") && !plan.contains("watch"))
  }

  @Test func whatIsNewOrDoesNotRunIsNotStartedBeside() throws {
    let world = try world(stack(web { $0.order = .startFirst })) { $0.change("shop-web-1") { $0.state = .exited } }
    #expect(
      try lines(world, stack(web(2, user: "web") { $0.order = .startFirst })) == """
        0 - remove container shop-web-1
        1 + create container shop-web-1 after 0
        2 ~ start container shop-web-1 after 1
        3 ~ watch container shop-web-1 for 5s after 2
        4 ~ settle the update of web, 1 of 1 whatever becomes of 3
        5 + create container shop-web-2 (scaled from 1 to 2)
        6 ~ start container shop-web-2 (scaled from 1 to 2) after 5
        """)
  }

  @Test func aRollbackGoesByItsOwnRules() throws {
    var after = web(2, user: "web") {
      $0.order = .startFirst
      $0.failureAction = .rollback
    }
    // As the update, but that what fails stays.
    let world = try world(stack(web(2) { _ in }))
    func batches(_ service: Service) throws -> [RolloutBatch] {
      try world.plan(stack(service), up { $0.isRollback = true }).steps.compactMap {
        if case .settleBatch(let batch) = $0.action { batch } else { nil }
      }
    }
    #expect(try batches(after).map(\.failureAction) == [.pause, .pause])
    #expect(try batches(after).map(\.successors.count) == [1, 1])
    var rollback = Rollout()
    rollback.parallelism = 0
    rollback.failureAction = .continue
    after.requests?.deployment?.rollback = rollback
    let own = try batches(after)
    #expect(own.map(\.failureAction) == [.continue] && own.map(\.successors.count) == [0] && own.map(\.isRollback) == [true])
  }

  /// An earlier version's image is asked for by its id: those that still run it stay.
  @Test func anImageByItsIdIsTheSameUnderItsName() throws {
    let world = try world(stack(service("web"))) { world in world.observed.images["web:1"] = world.freshImage() }
    let image = try #require(world.observed.containers.first?.imageID)
    #expect(try printed(world, stack(service("web")), up()).contains("image:"))
    #expect(try world.plan(stack(service("web") { $0.image = image.description }), up()).isEmpty)
  }

  @Test(arguments: [
    (0, Rollout.FailureAction.pause, 0.0, true), (1, .pause, 0, false), (1, .rollback, 0, false), (3, .continue, 0, true),
    (1, .pause, 0.34, true), (2, .rollback, 0.34, false),
  ]) func theShareThatMayFail(failed: Int, action: Rollout.FailureAction, ratio: Double, goesOn: Bool) {
    let batch = RolloutBatch(
      service: "web", number: 1, count: 3, containers: [], successors: [], tried: 1, total: 3, failureAction: action,
      maximumFailureRatio: ratio, isRollback: false)
    #expect(batch.goesOn(failed: failed) == goesOn)
  }
}
