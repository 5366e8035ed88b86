import Reconciler
import StackModel
import Testing

@Suite struct UpTests {
  @Test func makesEverythingInOrder() throws {
    let stack = stack(
      service("db") {
        $0.options.mounts = [Mount(source: .volume("shop_data"), target: "/var/lib/mysql")]
        $0.options.healthcheck = Healthcheck(test: ["CMD", "true"])
      },
      service("web", needs: ["db": Dependency(condition: .healthy)], replicas: 2))
    var world = World()
    world.addImages(of: stack)
    #expect(
      try printed(world, stack, up()) == """
        0 + create network shop_default (absent)
        1 + create volume shop_data (absent)
        2 + create container shop-db-1 (absent) after 0 1
        3 ~ start container shop-db-1 (absent) after 2
        4 ~ wait until db is healthy (web waits for it) after 3
        5 + create container shop-web-1 (absent) after 0
        6 ~ start container shop-web-1 (absent) after 4 5
        7 + create container shop-web-2 (absent) after 0
        8 ~ start container shop-web-2 (absent) after 4 7
        """)
  }

  @Test func doesNothingASecondTime() throws {
    let stack = stack(service("web", replicas: 2), service("db"))
    let plan = try World(up: stack).plan(stack, up())
    #expect(plan.isEmpty)
    #expect(plan.notes.isEmpty)
    #expect(plan.unchanged == ["shop-db-1", "shop-web-1", "shop-web-2"])
  }

  @Test func recreatesWhatChangedAndLeavesItsDependantsAlone() throws {
    let before = stack(service("db"), service("web", needs: ["db": Dependency()]))
    let after = stack(service("db") { $0.options.environment["LOG_LEVEL"] = "debug" }, service("web", needs: ["db": Dependency()]))
    #expect(
      try printed(World(up: before), after, up()) == """
        0 ~ stop container shop-db-1 (environment.LOG_LEVEL: added debug)
        1 - remove container shop-db-1 (environment.LOG_LEVEL: added debug) after 0
        2 + create container shop-db-1 (environment.LOG_LEVEL: added debug) after 1
        3 ~ start container shop-db-1 (environment.LOG_LEVEL: added debug) after 2
        """)
  }

  @Test func renewsSecretsInPlaceWhereTheServiceSaysWhatToDoThen() throws {
    func secrets(_ fingerprint: String, _ change: SecretChange?, user: String? = nil) -> Stack {
      stack(
        service("web") {
          $0.options.secrets = [FileGrant(source: "key", target: "/run/secrets/key", fingerprint: fingerprint)]
          $0.options.onSecretChange = change
          $0.options.user = user
        }, service("db"))
    }
    let signal = SecretChange.signal("SIGHUP")
    let world = try World(up: secrets("1", signal))
    #expect(
      try printed(world, secrets("2", signal), up())
        == "0 ± renew the secrets of container shop-web-1, then signal SIGHUP (secrets.key: changed)")
    #expect(try world.plan(secrets("2", signal), up()).unchanged == ["shop-db-1"])
    #expect(try World(up: secrets("1", SecretChange.none)).plan(secrets("2", SecretChange.none), up()).steps.count == 1)
    // What else changes, or nothing said: made anew.
    #expect(try printed(world, secrets("2", signal, user: "web"), up()).contains("create container shop-web-1"))
    #expect(try printed(World(up: secrets("1", nil)), secrets("2", nil), up()).contains("create container shop-web-1"))
    #expect(try printed(world, secrets("2", signal), up { $0.forceRecreate = true }).contains("create container shop-web-1"))
  }

  @Test func stopsTheOldOneOnlyWhenWhatItNeedsIsReady() throws {
    let before = stack(service("db"), service("web", needs: ["db": Dependency(condition: .healthy)]))
    let after = stack(
      service("db") { $0.options.user = "db" }, service("web", needs: ["db": Dependency(condition: .healthy)]) { $0.options.user = "web" })
    #expect(
      try printed(World(up: before), after, up()) == """
        0 ~ stop container shop-db-1 (user: added db)
        1 - remove container shop-db-1 (user: added db) after 0
        2 + create container shop-db-1 (user: added db) after 1
        3 ~ start container shop-db-1 (user: added db) after 2
        4 ~ wait until db is healthy (web waits for it) after 3
        5 ~ stop container shop-web-1 (user: added web) after 4
        6 - remove container shop-web-1 (user: added web) after 5
        7 + create container shop-web-1 (user: added web) after 6
        8 ~ start container shop-web-1 (user: added web) after 4 7
        """)
  }

  @Test func restartsADependantThatAsksForIt() throws {
    let web = service("web", needs: ["db": Dependency(restart: true)])
    let after = stack(service("db") { $0.options.user = "db" }, web)
    #expect(
      try printed(World(up: stack(service("db"), web)), after, up()) == """
        0 ~ stop container shop-web-1 (it needs db, which changes)
        1 ~ stop container shop-db-1 (user: added db) after 0
        2 - remove container shop-db-1 (user: added db) after 1
        3 + create container shop-db-1 (user: added db) after 2
        4 ~ start container shop-db-1 (user: added db) after 0 3
        5 ~ start container shop-web-1 (it needs db, which changes) after 0 4
        """)
  }

  private let sidecar = service("sidecar", needs: ["app": Dependency()]) { $0.options.network = .service("app") }

  @Test func whoSharesTheNetworkOfARecreatedContainerGoesOn() throws {
    let after = stack(
      service("app") {
        $0.options.user = "app"
        $0.options.network = .bridges([Attachment(network: "shop_default", aliases: ["other"])])
      }, sidecar)
    let world = try World(up: stack(service("app"), sidecar))
    let plan = try world.plan(after, up())
    #expect(plan.steps.map(\.action.subject) == Array(repeating: "Container shop-app-1", count: 4), "\(plan)")
    #expect(plan.unchanged == ["shop-sidecar-1"])
    #expect(
      try printed(
        world, stack(service("app"), sidecar),
        up {
          $0.forceRecreate = true
          $0.services = ["app"]
        }) == """
          0 ~ stop container shop-app-1 (--force-recreate)
          1 - remove container shop-app-1 (--force-recreate) after 0
          2 + create container shop-app-1 (--force-recreate) after 1
          3 ~ start container shop-app-1 (--force-recreate) after 2
          """)
    // Stopped, it is only started.
    var stopped = world
    stopped.change("shop-app-1") { $0.end(code: 0) }
    #expect(try printed(stopped, stack(service("app"), sidecar), up()) == "0 ~ start container shop-app-1 (exited (0))")
  }

  @Test func recreatesWhoSharesTheNetworkOfAContainerWithOtherNetworks() throws {
    // What is told of the network it is in is what counts: nothing, of one that an earlier version has started.
    let world = try World(up: stack(service("app"), sidecar)) { $0.change("shop-sidecar-1") { $0.joinedNetwork = nil } }
    let after = stack(service("app") { $0.options.user = "app" }, sidecar)
    #expect(
      try printed(world, after, up()) == """
        0 ~ stop container shop-sidecar-1 (it needs app, which changes)
        1 - remove container shop-sidecar-1 (it needs app, which changes) after 0
        2 ~ stop container shop-app-1 (user: added app) after 0
        3 - remove container shop-app-1 (user: added app) after 2
        4 + create container shop-app-1 (user: added app) after 3
        5 ~ start container shop-app-1 (user: added app) after 0 4
        6 + create container shop-sidecar-1 (it needs app, which changes) after 1
        7 ~ start container shop-sidecar-1 (it needs app, which changes) after 5 6
        """)
    let edits: [(inout Service) -> Void] = [
      { $0.options.network = .bridges([Attachment(network: "shop_default", address: "10.0.0.9")]) },
      { $0.options.network = .bridges([Attachment(network: "shop_default"), Attachment(network: "shop_back")]) },
      { $0.options.network = .bridges([]) },
      { $0.containerName = "other" },
      { $0.options.users = .remapped(UserMapping(users: [.init(inside: 0, outside: 1000, count: 10)], groups: [])) },
    ]
    for (index, edit) in edits.enumerated() {
      let changed = stack(
        service("app") {
          $0.options.user = "app"
          edit(&$0)
        }, sidecar)
      let text = try printed(World(up: stack(service("app"), sidecar)), changed, up())
      #expect(text.contains("remove container shop-sidecar-1 (it needs app, which changes)"), "\(index): \(text)")
    }
    // And who shares more than the network.
    let closer = service("sidecar", needs: ["app": Dependency()]) {
      $0.options.network = .service("app")
      $0.options.pidOwner = .service("app")
    }
    let text = try printed(World(up: stack(service("app"), closer)), stack(service("app") { $0.options.user = "app" }, closer), up())
    #expect(text.contains("remove container shop-sidecar-1 (it needs app, which changes)"), "\(text)")
  }

  /// A port that is kept for a container that is on its way is whoever's that asks for it.
  @Test func whoSharesTheNetworkGoesOnWhereAPortMoves() throws {
    let ports = [PortMapping(published: 80, target: 80)]
    let before = stack(service("app") { $0.options.ports = ports }, sidecar, service("web"))
    let after = stack(service("app"), sidecar, service("web") { $0.options.ports = ports })
    var world = try World(up: before)
    let plan = try world.carryOut(after, up())
    #expect(plan.unchanged == ["shop-sidecar-1"] && plan.description.contains("remove container shop-app-1"), "\(plan)")
  }

  @Test func startsWhatIsStopped() throws {
    let stack = stack(service("db"), service("web"))
    let world = try World(up: stack) { $0.change("shop-web-1") { $0.end(code: 3) } }
    #expect(try printed(world, stack, up()) == "0 ~ start container shop-web-1 (exited (3))")
    #expect(try printed(world, stack, up { $0.starts = false }) == "")
  }

  @Test func startsAtOnceWhatWaitsForItsRestart() throws {
    let stack = stack(service("db"), service("web"))
    var world = try World(up: stack) {
      $0.change("shop-web-1") {
        $0.end(code: 137)
        $0.state = .restarting
      }
    }
    #expect(try printed(world, stack, up { $0.starts = false }) == "")
    #expect(try world.carryOut(stack, up()).description.contains("~ start container shop-web-1 (exited (137))"))
    #expect(world.observed.containers.allSatisfy { $0.state == .running })
  }

  @Test func doesNotRepeatAJobThatIsDone() throws {
    let stack = stack(service("migrate"), service("web", needs: ["migrate": Dependency(condition: .completed)]))
    let world = try World(up: stack)
    #expect(try printed(world, stack, up()) == "note: shop-migrate-1 has done its work and is not run again")
    var failed = world
    failed.change("shop-migrate-1") { $0.end(code: 1) }
    #expect(try printed(failed, stack, up()) == "0 ~ start container shop-migrate-1 (exited (1))")
  }

  @Test func whatHasDoneItsWorkIsRunAgainWhenItIsAskedFor() throws {
    let stack = stack(
      service("seed"), service("web"), service("always") { $0.options.restart = .always },
      service("open") { $0.options.ports = [PortMapping(published: 8080, target: 80)] })
    var world = try World(up: stack)
    let done = "note: shop-seed-1 has done its work and is not run again"
    world.change("shop-seed-1") { $0.end(code: 0) }
    #expect(try printed(world, stack, up()) == done)
    #expect(try printed(world, stack, up { $0.waits = true }) == done)
    let again = "0 ~ start container shop-seed-1 (exited (0))"
    #expect(try printed(world, stack, up { $0.services = ["seed"] }) == again)
    #expect(try printed(world, stack, up { $0.services = ["web"] }) == "")
    #expect(try printed(world, stack, up { $0.runsAgain = true }) == again)
    // Who is there to serve has not done with it, however it ended.
    for name in ["always", "open"] {
      var ended = world
      ended.change("shop-\(name)-1") { $0.end(code: 0) }
      #expect(try printed(ended, stack, up()).contains("0 ~ start container shop-\(name)-1 (exited (0))"))
    }
    var stopped = world
    stopped.change("shop-seed-1") { $0.wasStopped = true }
    #expect(try printed(stopped, stack, up { $0.services = ["seed"] }) == again)
    #expect(try printed(stopped, stack, up()).contains("~ start container shop-seed-1 (exited (0))"))
  }

  /// Those who wait for its end wait for the new one.
  @Test func aJobThatIsAskedForIsWaitedForAgain() throws {
    let stack = stack(service("migrate"), service("web", needs: ["migrate": Dependency(condition: .completed)]))
    var world = try World(up: stack)
    world.change("shop-web-1") { $0.end(code: 1) }
    #expect(
      try printed(world, stack, up { $0.services = ["migrate", "web"] }) == """
        0 ~ start container shop-migrate-1 (exited (0))
        1 ~ wait until migrate has completed (web waits for it) after 0
        2 ~ start container shop-web-1 (exited (1)) after 1
        """)
  }

  @Test func scalesUpAndDown() throws {
    let one = stack(service("web"))
    #expect(
      try printed(World(up: one), one, up { $0.scale = ["web": 2] }) == """
        0 + create container shop-web-2 (scaled from 1 to 2)
        1 ~ start container shop-web-2 (scaled from 1 to 2) after 0
        """)
    #expect(
      try printed(World(up: stack(service("web", replicas: 3))), one, up()) == """
        0 ~ stop container shop-web-2 (scaled from 3 to 1)
        1 - remove container shop-web-2 (scaled from 3 to 1) after 0
        2 ~ stop container shop-web-3 (scaled from 3 to 1)
        3 - remove container shop-web-3 (scaled from 3 to 1) after 2
        """)
  }

  @Test func tellsOfOrphansOrRemovesThem() throws {
    let world = try World(up: stack(service("web"), service("old")))
    let now = stack(service("web"))
    #expect(
      try printed(world, now, up()) == """
        note: Found orphan containers ([shop-old-1]) for this project. If you removed or renamed this service in your compose file, \
        you can run this command with the --remove-orphans flag to clean it up.
        """)
    #expect(
      try printed(world, now, up { $0.removeOrphans = true }) == """
        0 ~ stop container shop-old-1 (not in the stack file any more)
        1 - remove container shop-old-1 (not in the stack file any more) after 0
        """)
    #expect(try printed(world, now, up { $0.ignoresOrphans = true }) == "")
    let asleep = stack(service("web")) { $0.disabledServices["old"] = service("old") }
    #expect(try printed(world, asleep, up { $0.removeOrphans = true }) == "")
  }

  @Test func forcesOnlyWhatWasNamed() throws {
    let stack = stack(service("db"), service("web", needs: ["db": Dependency()]))
    let plan = try World(up: stack).plan(
      stack,
      up {
        $0.services = ["web"]
        $0.forceRecreate = true
        $0.timeout = 3
      })
    #expect(
      plan.description == """
        0 ~ stop container shop-web-1 (--force-recreate)
        1 - remove container shop-web-1 (--force-recreate) after 0
        2 + create container shop-web-1 (--force-recreate) after 1
        3 ~ start container shop-web-1 (--force-recreate) after 2
        """)
    guard case .stopContainer(_, _, let timeout) = plan.steps[0].action else {
      Issue.record("not a stop")
      return
    }
    #expect(timeout == 3)
  }

  @Test func recreatesNothingWhenToldNotTo() throws {
    let before = stack(service("web"))
    let after = stack(service("web") { $0.options.user = "web" })
    #expect(try World(up: before).plan(after, up { $0.noRecreate = true }).isEmpty)
  }

  @Test func bringsUpWhatANamedServiceNeeds() throws {
    let stack = stack(service("cache"), service("db"), service("web", needs: ["db": Dependency()]))
    var world = World()
    world.addImages(of: stack)
    let names = try world.plan(stack, up { $0.services = ["web"] }).steps.map(\.action.subject)
    #expect(Set(names) == ["Network shop_default", "Container shop-db-1", "Container shop-web-1"])
    let alone = try world.plan(
      stack,
      up {
        $0.services = ["web"]
        $0.noDependencies = true
      }
    ).steps.map(\.action.subject)
    #expect(Set(alone) == ["Network shop_default", "Container shop-web-1"])
  }

  @Test func keepsAnonymousVolumesUnlessTheyAreRenewed() throws {
    func web(_ user: String) -> Stack {
      stack(
        service("web") {
          $0.options.user = user
          $0.options.mounts = [Mount(source: .anonymousVolume, target: "/cache")]
        })
    }
    let world = try World(up: web("a"))
    let volume = try #require(world.observed.containers[0].anonymousVolumes["/cache"])
    func kept(_ operation: Operation) throws -> [String: VolumeName]? {
      try world.plan(web("b"), operation).steps.lazy.compactMap {
        if case .createContainer(_, let volumes) = $0.action { volumes } else { nil }
      }.first
    }
    #expect(try kept(up()) == ["/cache": volume])
    #expect(try kept(up { $0.renewAnonymousVolumes = true }) == [:])
  }

  @Test func waitsForAll() throws {
    let stack = stack(service("db") { $0.options.healthcheck = Healthcheck(test: ["CMD", "true"]) }, service("web"))
    var world = World()
    world.addImages(of: stack)
    let plan = try world.plan(stack, up { $0.waits = true })
    #expect(
      plan.steps.suffix(2).map(\.description) == [
        "5 ~ wait until db is healthy (--wait) after 2", "6 ~ wait until web is up (--wait) after 4",
      ])
    try world.carryOut(stack, plan)
    #expect(try world.plan(stack, up { $0.waits = true }).isEmpty)
  }

  @Test func waitsAgainForWhatIsNotHealthyYet() throws {
    let stack = stack(service("db") { $0.options.healthcheck = Healthcheck(test: ["CMD", "true"]) })
    let world = try World(up: stack)
    #expect(try printed(world, stack, up()) == "")
    #expect(try printed(world, stack, up { $0.waits = true }) == "0 ~ wait until db is healthy (--wait)")
  }
}
