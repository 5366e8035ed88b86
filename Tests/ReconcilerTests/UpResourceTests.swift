import StackModel
import Testing

@testable import Reconciler

/// Images, networks, volumes, names and ports.
@Suite struct UpResourceTests {
  @Test func buildsWhatIsMissingAndPullsTheRest() throws {
    let stack = stack(service("app") { $0.build = BuildSpec(context: "/src", tags: ["app:extra"]) }, service("db"))
    let plan = try World().plan(stack, up())
    #expect(
      plan.description == """
        0 + build image app:1 (absent)
        1 + pull image db:1 (absent)
        2 + create network shop_default (absent)
        3 + create container shop-app-1 (absent) after 0 2
        4 ~ start container shop-app-1 (absent) after 3
        5 + create container shop-db-1 (absent) after 1 2
        6 ~ start container shop-db-1 (absent) after 5
        """)
    #expect(plan.needsReplanning)
    #expect(plan.imageSteps.description == "0 + build image app:1 (absent)\n1 + pull image db:1 (absent)")
    guard case .buildImage(_, let references, _) = plan.steps[0].action else {
      Issue.record("not a build")
      return
    }
    #expect(references == ["app:1", "app:extra"])
  }

  /// A network of others is made anew for another mode and another subnet, and not for saying what holds anyway.
  @Test func changesOfAnOuterNetworkAreSeen() {
    var old = Network(key: "lan", name: "shop_lan", subnet: "10.1.0.0/16")
    old.ipvlan = IpvlanOptions(parent: "eth0")
    old.furtherSubnets = [IPAMConfig(subnet: "10.2.0.0/16")]
    var new = old
    new.ipvlan?.mode = .l2
    new.ipvlan?.flag = .bridge
    #expect(old.changes(to: new).isEmpty)
    new.ipvlan?.mode = .l3s
    new.furtherSubnets = [IPAMConfig(subnet: "10.2.0.0/16", gateway: "10.2.0.9")]
    let texts = old.changes(to: new).map(\.description)
    #expect(texts.count == 2 && texts.contains { $0.contains("ipam.config.10.2.0.0/16") && $0.contains("gateway 10.2.0.9") }, "\(texts)")
    #expect(texts.contains("networks.lan.driver_opts.ipvlan_mode: l2 → l3s"), "\(texts)")
    new.ipvlan = nil
    new.macvlan = MacvlanOptions(parent: "eth0")
    #expect(old.changes(to: new).map(\.description).contains("networks.lan.driver: ipvlan → macvlan"))
    // Written by an engine that filled in the mode.
    var before = Network(key: "lan", name: "shop_lan", subnet: "10.1.0.0/16")
    (new, before.macvlan) = (before, MacvlanOptions(parent: "eth0", mode: .bridge))
    new.macvlan = MacvlanOptions(parent: "eth0")
    #expect(before.changes(to: new).isEmpty)
  }

  @Test func makesWhatNobodyUsesOnlyWhenAsked() throws {
    let stack = stack(service("web")) {
      $0.networks["shop_spare"] = network("shop_spare")
      $0.volumes["shop_spare"] = Volume(key: "spare", name: "shop_spare")
    }
    let world = try World(up: stack)
    #expect(try printed(world, stack, up()) == "")
    #expect(
      try printed(world, stack, up { $0.allResources = true }) == """
        0 + create network shop_spare (absent)
        1 + create volume shop_spare (absent)
        """)
  }

  @Test func buildsAnImageThatTwoServicesShareOnce() throws {
    let build = BuildSpec(context: "/src")
    let stack = stack(
      service("a") {
        $0.image = "both"
        $0.build = build
      },
      service("b") {
        $0.image = "both"
        $0.build = build
      },
      service("c") { $0.image = "both" })
    #expect(try World().plan(stack, up()).imageSteps.description == "0 + build image both (absent)")
  }

  @Test func recreatesWhenTheImageMoved() throws {
    let stack = stack(service("web"))
    let world = try World(up: stack) { $0.observed.images["web:1"] = digest(0xabc) }
    let first = try printed(world, stack, up()).split(separator: "\n")[0]
    #expect(first == "0 ~ stop container shop-web-1 (image: 000000000000 → 000000000000)")
  }

  @Test func buildsOnRequestAndThenLooksAgain() throws {
    let stack = stack(service("web") { $0.build = BuildSpec(context: "/src") })
    var world = try World(up: stack)
    #expect(
      try printed(world, stack, up { $0.build = .always }) == """
        0 + build image web:1 (--build)
        1 ~ stop container shop-web-1 (its image may change) after 0
        2 - remove container shop-web-1 (its image may change) after 1
        3 + create container shop-web-1 (its image may change) after 0 2
        4 ~ start container shop-web-1 (its image may change) after 3
        """)
    let done = try world.carryOut(stack, up { $0.build = .always })
    #expect(!done.steps.isEmpty)
    #expect(try world.plan(stack, up()).isEmpty)
  }

  @Test func neverPullsNorBuildsWhenThatIsForbidden() throws {
    let pinned = stack(service("web") { $0.pullPolicy = .never })
    #expect(
      try refusal(World(), pinned, up())
        == "web: its image web:1 is not on this machine and may not be pulled | import it: muster image import FILE web:1")
    let built = stack(service("web") { $0.build = BuildSpec(context: "/src") })
    #expect(
      try refusal(World(), built, up { $0.build = .never })
        == "web: its image web:1 is not on this machine and may not be built | leave --no-build away")
  }

  @Test func imagesAreLookedForAgainWhenTheStackOrTheUserWantsIt() throws {
    var world = World()
    let always = stack(service("web") { $0.pullPolicy = .always })
    world.observed.images["web:1"] = digest(1)
    #expect(try world.plan(always, .up(UpOptions())).imageSteps.description == "0 + pull image web:1 (pull_policy: always)")
    var options = UpOptions()
    options.pull = .missing
    #expect(try world.plan(always, .up(options)).imageSteps.isEmpty)
    options.pull = .always
    let plain = stack(service("web"))
    #expect(try world.plan(plain, .up(options)).imageSteps.description == "0 + pull image web:1 (--pull always)")
    options.pull = .never
    world.observed.images = [:]
    #expect(throws: PlanningError.self) { try world.plan(plain, .up(options)) }
  }

  /// `pull_policy: daily` and its like: by what the engine says of the last pull. An image that came as a file has no age.
  @Test(arguments: [(Int64?.none, true), (0, false), (86_399, false), (86_400, true), (1_000_000, true)])
  func imagesAreLookedForAgainByTheirAge(_ age: Int64?, _ isPulled: Bool) throws {
    var world = World()
    let daily = stack(
      service("web") {
        $0.requests = ServiceRequests()
        $0.requests?.pullRefresh = .olderThan(.seconds(86_400))
      })
    world.observed.images["web:1"] = digest(1)
    world.observed.imageAges = age.map { ["web:1": $0] }
    #expect(try world.plan(daily, .up(UpOptions())).imageSteps.isEmpty == !isPulled)
  }

  @Test func pullAndPushAreOfWhatTheirServicesName() throws {
    var world = World()
    world.observed.images["web:1"] = digest(1)
    let both = stack(
      service("web"), service("app") { $0.build = BuildSpec(context: "/x") }, service("twin") { $0.image = "web:1" },
      service("kept") { $0.pullPolicy = .never })
    func pull(_ services: [ServiceName] = [], _ policy: PullPolicy? = nil) throws -> String {
      try world.plan(both, .pull(services: services, dependencies: false, policy: policy, ignoresBuildable: true)).description
    }
    #expect(try pull().contains("pull image web:1 (pull)"))
    #expect(try !pull().contains("pull image app:1") && !pull().contains("pull image kept:1"))
    #expect(try !pull([], .missing).contains("pull image web:1"))
    #expect(try world.plan(both, .push(services: [], dependencies: false)).description.contains("push image app:1 (push)"))
    #expect(throws: PlanningError.self) { try pull(["nobody"]) }
  }

  @Test func needsNoImageForContainersThatStay() throws {
    let stack = stack(service("web"))
    let world = try World(up: stack) { $0.observed.images = [:] }
    #expect(try world.plan(stack, up()).isEmpty)
  }

  @Test func makesAChangedNetworkAnewWithAllItsContainers() throws {
    let services = [service("app", needs: ["db": Dependency()]), service("db"), service("far") { $0.options.network = .host }]
    let after = stack(services) { $0.networks["shop_default"]?.isInternal = true }
    let why = "networks.default.internal: false → true"
    #expect(
      try printed(World(up: stack(services)), after, up { $0.services = ["db"] }) == """
        0 ~ stop container shop-app-1 (\(why))
        1 - remove container shop-app-1 (\(why)) after 0
        2 ~ stop container shop-db-1 (\(why)) after 0
        3 - remove container shop-db-1 (\(why)) after 2
        4 - remove network shop_default (\(why)) after 1 3
        5 + create network shop_default (\(why)) after 4
        6 + create container shop-db-1 (\(why)) after 3 5
        7 ~ start container shop-db-1 (\(why)) after 0 6
        8 + create container shop-app-1 (\(why)) after 1 5
        9 ~ start container shop-app-1 (\(why)) after 7 8
        """)
  }

  @Test func keepsAChangedVolumeAndSaysWhatCanBeDone() throws {
    let services = [service("db") { $0.options.mounts = [Mount(source: .volume("shop_data"), target: "/data")] }]
    let after = stack(services) { $0.volumes["shop_data"]?.labels = ["tier": "gold"] }
    #expect(
      try printed(World(up: stack(services)), after, up()) == """
        note: volume shop_data is kept as it is, with its data, although its definition changed (volumes.data.labels.tier: added gold). \
        To have it anew: `muster down -v`, which deletes the data; to keep both: give this one another `name`
        """)
  }

  @Test func takesExternalThingsAsTheyAreAndMissesThemWhenTheyAreNotThere() throws {
    let stack = stack(service("db") { $0.options.mounts = [Mount(source: .volume("data"), target: "/data")] }) {
      $0.networks["shop_default"]?.isExternal = true
      $0.volumes["data"]?.isExternal = true
    }
    var world = World()
    world.addImages(of: stack)
    #expect(try refusal(world, stack, up()).hasPrefix("db: network shop_default is declared as external, but could not be found"))
    world.observed.networks = [ObservedNetwork(definition: network("shop_default"), requested: network("shop_default"), project: nil)]
    #expect(try refusal(world, stack, up()).hasPrefix("db: volume data is declared as external, but could not be found"))
    world.observed.volumes = [ObservedVolume(definition: Volume(key: "data", name: "data"), project: "other")]
    #expect(
      try printed(world, stack, up()) == """
        0 + create container shop-db-1 (absent)
        1 ~ start container shop-db-1 (absent) after 0
        """)
  }

  @Test func doesNotTakeAnothersNetwork() throws {
    let stack = stack(service("web"))
    var world = World()
    world.addImages(of: stack)
    world.observed.networks = [ObservedNetwork(definition: network("shop_default"), requested: network("shop_default"), project: "other")]
    #expect(try refusal(world, stack, up()).hasPrefix("web: network shop_default exists and is not this project's, but other's"))
  }

  @Test func passesANameOnWhenItsHolderIsGone() throws {
    let before = stack(service("a") { $0.containerName = "x" }, service("b", needs: ["a": Dependency()]) { $0.containerName = "y" })
    let after = stack(service("a") { $0.containerName = "y" }, service("b", needs: ["a": Dependency()]) { $0.containerName = "x" })
    var world = try World(up: before)
    #expect(
      try printed(world, after, up()) == """
        0 ~ stop container y (container_name: y → x)
        1 - remove container y (container_name: y → x) after 0
        2 ~ stop container x (container_name: x → y) after 0
        3 - remove container x (container_name: x → y) after 2
        4 + create container y (container_name: x → y) after 1 3
        5 ~ start container y (container_name: x → y) after 0 4
        6 + create container x (container_name: y → x) after 1 3
        7 ~ start container x (container_name: y → x) after 5 6
        """)
    _ = try world.carryOut(after, up())
    #expect(try world.plan(after, up()).isEmpty)
  }

  @Test func passesAPortOnWhenItsHolderHasLetGo() throws {
    let port = [PortMapping(published: 80, target: 80)]
    let before = stack(service("a"), service("b", needs: ["a": Dependency()]) { $0.options.ports = port })
    let after = stack(service("a") { $0.options.ports = port }, service("b", needs: ["a": Dependency()]))
    var world = try World(up: before)
    _ = try world.carryOut(after, up())
    #expect(try world.plan(after, up()).isEmpty)
  }
}
