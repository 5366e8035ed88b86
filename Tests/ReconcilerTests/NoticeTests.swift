import OCI
import Reconciler
import StackModel
import Testing

/// What is seen beside the fields of containers: renames, protection, builds, files.
@Suite struct NoticeTests {
  private func withData(_ name: ServiceName, _ edit: @escaping (inout Service) -> Void = { _ in }) -> Service {
    service(name) {
      $0.image = "postgres:16"
      $0.options.mounts = [Mount(source: .volume("shop_data"), target: "/data")]
      $0.options.environment = ["A": "1", "B": "2"]
      edit(&$0)
    }
  }

  @Test func aRenamedServiceIsTold() throws {
    let world = try World(up: stack(withData("db"), service("web")))
    let plan = try printed(world, stack(withData("database"), service("web")), up())
    #expect(
      plan.hasPrefix(
        """
        0 + create container shop-database-1 (absent)
        1 ~ start container shop-database-1 (absent) after 0
        note: service db seems to be renamed to database: it is in the stack file no more, and database is new and like it. \
        Its containers stay; to remove them: --remove-orphans
        note: Found orphan containers ([shop-db-1])
        """), "\(plan)")
    let removing = try printed(world, stack(withData("database"), service("web")), up { $0.removeOrphans = true })
    #expect(removing.contains("note: service db seems to be renamed to database") && removing.contains("Its containers are removed"))
    #expect(!removing.contains("Found orphan"))
  }

  @Test func whatIsWrongWithAVolumeIsToldAlthoughNothingIsToBeDone() throws {
    let stack = stack(withData("db"))
    let world = try World(up: stack) { world in
      for index in world.observed.volumes.indices { world.observed.volumes[index].problem = "the data of the volume shop_data are gone" }
    }
    #expect(try printed(world, stack, up()) == "note: the data of the volume shop_data are gone")
  }

  @Test func aVolumeThatIsToBeMountedFromElsewhereIsKeptAsItIs() throws {
    let world = try World(up: stack(withData("db")))
    let plan = try printed(
      world, stack(withData("db")) { $0.volumes["shop_data"]?.mount = VolumeMount(type: "nfs", device: ":/new", options: "addr=10.0.0.2") },
      up())
    #expect(plan.hasPrefix("note: volume shop_data is kept as it is, with its data, although its definition changed"), "\(plan)")
    #expect(plan.contains("driver_opts"), "\(plan)")
  }

  @Test(arguments: [
    // Another image; too many differences; two that are alike; one that is not there yet but that is not new.
    [service("other")], [service("database") { $0.image = "postgres:16" }], nil, [],
  ])
  func whatIsNotARenameIsNotTold(_ services: [Service]?) throws {
    let world = try World(up: stack(withData("db"), service("web")))
    let now = stack((services ?? [withData("first"), withData("second")]) + [service("web")])
    #expect(try !printed(world, now, up()).contains("seems to be renamed"))
  }

  @Test func aBuiltServiceThatIsRenamedIsToldToo() throws {
    func built(_ name: ServiceName) -> Service {
      service(name) {
        $0.image = "shop-\(name)"
        $0.build = BuildSpec(context: "/src")
        $0.options.command = ["serve"]
      }
    }
    let world = try World(up: stack(built("api")))
    #expect(try printed(world, stack(built("backend")), up()).contains("service api seems to be renamed to backend"))
  }

  @Test func aProtectedStackIsNotTakenDown() throws {
    let stack = stack(withData("db")) { $0.isProtected = true }
    let world = try World(up: stack)
    for operation in [down(), down { $0.volumes = true }, down { $0.services = ["db"] }] {
      #expect(
        try refusal(world, stack, operation)
          == "the stack \"shop\" is protected (x-muster.protect: true): it is not taken down | to stop it, `muster stop`; to take it down all the same, "
          + "remove protect from the stack file, run `muster up`, then `muster down`")
    }
    #expect(try !world.plan(stack, .stop(services: [], timeout: nil)).isEmpty)
    #expect(try world.plan(stack, up()).isEmpty)
  }

  @Test func aProtectedVolumeIsNotRemoved() throws {
    let stack = stack(withData("db"), service("web") { $0.options.mounts = [Mount(source: .volume("shop_cache"), target: "/c")] }) {
      $0.volumes["shop_data"]?.isProtected = true
    }
    var world = try World(up: stack)
    #expect(
      try refusal(world, stack, down { $0.volumes = true }).hasPrefix(
        "protected (x-muster.protect: true) and not removed: volume shop_data | without --volumes they stay"))
    // The rest may go, and so may the volume when the file says so no more.
    #expect(try !world.plan(stack, down()).isEmpty)
    #expect(
      try world.plan(
        stack,
        down {
          $0.volumes = true; $0.services = ["web"]
        }
      ).description.contains("remove volume shop_cache"))
    var free = stack
    free.volumes["shop_data"]?.isProtected = nil
    #expect(try world.plan(free, up()).isEmpty, "protection is nothing that changes a volume")
    #expect(try world.plan(free, down { $0.volumes = true }).description.contains("remove volume shop_data"))
    // Of a volume that the file has no more, what it said when it was made counts.
    var gone = stack
    gone.volumes["shop_data"] = nil
    gone.services["db"] = nil
    world.observed.containers.removeAll { $0.spec.service == "db" }
    #expect(try refusal(world, gone, down { $0.volumes = true }).contains("volume shop_data"))
  }

  @Test func aChangedContextIsBuilt() throws {
    let stack = stack(service("web") { $0.build = BuildSpec(context: "/src") })
    var world = try World(up: stack)
    world.observed.changedBuilds = ["web:1"]
    let why = "its Dockerfile, its context or its build arguments changed"
    let plan = try world.plan(stack, up())
    #expect(plan.steps.first?.description == "0 + build image web:1 (\(why))")
    #expect(plan.description.contains("create container shop-web-1 (its image may change)"))
    #expect(try world.plan(stack, up { $0.build = .never }).isEmpty)
    #expect(try world.plan(stack, up { $0.noRecreate = true }).isEmpty)
    _ = try world.carryOut(stack, up())
    #expect(try world.plan(stack, up()).isEmpty)
  }

  /// A kept plan's basis names what has changed, and shows nothing that a plan does not show.
  @Test func aBasisTellsWhatHasChanged() throws {
    let stack = stack(
      service("web") {
        $0.options.environment = ["LEVEL": "info", "TOKEN": "hidden-one"]
        $0.options.secrets = [FileGrant(source: "key", target: "/k", fingerprint: "1")]
      })
    let world = try World(up: stack)
    func basis(_ world: World, _ stack: Stack) -> PlanBasis {
      PlanBasis(project: shop, stack: stack, observed: world.observed) { value, _ in "\(value)".hashText }
    }
    let before = basis(world, stack)
    #expect(before.differences(to: basis(world, stack)).isEmpty)
    #expect(!"\(before)".contains("hidden-one"))
    var changed = stack
    changed.services["web"]?.options.environment["LEVEL"] = "debug"
    changed.services["web"]?.replicas = 2
    changed.services["db"] = service("db")
    #expect(
      before.differences(to: basis(world, changed)) == [
        "service db is new in the stack file", "in the stack file: service web: environment.LEVEL: info → debug",
        "in the stack file: service web: scale: 1 → 2",
      ])
    changed = stack
    changed.services["web"]?.options.environment["TOKEN"] = "hidden-two"
    #expect(before.differences(to: basis(world, changed)) == ["in the stack file: service web has changed"])
    changed = stack
    changed.services["web"]?.options.secrets[0].fingerprint = "2"
    #expect(before.differences(to: basis(world, changed)).contains("in the stack file: secret key has changed"))
    var moved = world
    moved.change("shop-web-1") { $0.end(code: 3) }
    moved.observed.images["web:1"] = digest(99)
    moved.observed.networks = []
    #expect(
      before.differences(to: basis(moved, stack)) == [
        "container shop-web-1: exit code: added 3", "container shop-web-1: state: running → exited",
        "image web:1 has changed", "network shop_default is gone",
      ])
    // What happens by itself all the time is no change.
    var living = world
    living.change("shop-web-1") {
      ($0.health, $0.pid, $0.startedAt, $0.restarts) = (.unhealthy, 77, 5, 3)
    }
    living.observed.generation += 9
    #expect(before.differences(to: basis(living, stack)).isEmpty)
  }
}

extension String {
  /// Something that changes with the text and does not show it.
  fileprivate var hashText: String {
    var value: UInt64 = 0xCBF2_9CE4_8422_2325
    for byte in utf8 { value = (value ^ UInt64(byte)) &* 0x100_0000_01B3 }
    return String(value, radix: 16)
  }
}
