import Reconciler
import StackModel
import Testing

@Suite struct DownTests {
  private let whole = stack(
    service("app", needs: ["db": Dependency()]) {
      $0.image = "shop-app"
      $0.build = BuildSpec(context: "/src")
    },
    service("db") {
      $0.options.mounts = [Mount(source: .volume("shop_data"), target: "/data"), Mount(source: .volume("outside"), target: "/outside")]
    }
  ) { $0.volumes["outside"]?.isExternal = true }

  private func world() throws -> World {
    var world = World()
    world.observed.volumes = [ObservedVolume(definition: Volume(key: "outside", name: "outside", isExternal: true), project: nil)]
    world.addImages(of: whole)
    _ = try world.carryOut(whole, up())
    return world
  }

  @Test func takesDownDependantsFirst() throws {
    #expect(
      try printed(world(), whole, down()) == """
        0 ~ stop container shop-app-1 (down)
        1 - remove container shop-app-1 (down) after 0
        2 ~ stop container shop-db-1 (down) after 0
        3 - remove container shop-db-1 (down) after 2
        4 - remove network shop_default (down) after 1 3
        """)
  }

  @Test func removesVolumesAndImagesWhenAsked() throws {
    #expect(
      try printed(
        world(), whole,
        down {
          $0.volumes = true
          $0.images = .all
        }) == """
          0 ~ stop container shop-app-1 (down)
          1 - remove container shop-app-1 and its anonymous volumes (down) after 0
          2 ~ stop container shop-db-1 (down) after 0
          3 - remove container shop-db-1 and its anonymous volumes (down) after 2
          4 - remove network shop_default (down) after 1 3
          5 - remove volume shop_data (down --volumes) after 3
          6 - remove image db:1 (down --rmi all) after 3
          7 - remove image shop-app (down --rmi all) after 1
          """)
    let local = try world().plan(whole, down { $0.images = .local }).steps.map(\.action.subject)
    #expect(local.filter { $0.hasPrefix("Image") } == ["Image shop-app"])
  }

  @Test func saysWhenThereIsNothing() throws {
    #expect(try printed(World(), whole, down()) == "note: No resource found to remove for project \"shop\".")
  }

  @Test func worksWithoutAFile() throws {
    let subjects = try world().plan(nil, down { $0.volumes = true }).steps.map(\.action.subject)
    #expect(Set(subjects) == ["Container shop-app-1", "Container shop-db-1", "Network shop_default", "Volume shop_data"])
  }

  /// The file at hand decides, not the one that was brought up last.
  @Test func takesWhatTheFileAtHandDeclares() throws {
    let world = try World(up: stack(service("db"), service("web")))
    let text = try printed(world, stack(service("web")), down { $0.declared = ["db"] })
    #expect(text.contains("remove container shop-db-1") && !text.contains("remove container shop-web-1"), "\(text)")
    #expect(text.contains("Found orphan containers ([shop-web-1])"), "\(text)")
  }

  @Test func leavesOrphansAndTheirNetwork() throws {
    let now = stack(service("db"))
    #expect(
      try printed(world(), now, down()) == """
        0 ~ stop container shop-db-1 (down)
        1 - remove container shop-db-1 (down) after 0
        note: Found orphan containers ([shop-app-1]) for this project; they stay. To remove them too: --remove-orphans
        note: network shop_default is still in use by shop-app-1
        """)
    let all = try world().plan(now, down { $0.removeOrphans = true })
    #expect(all.steps.last?.action == .removeNetwork("shop_default"))
  }

  @Test func takesServicesWithoutAnActiveProfileAlong() throws {
    let now = stack(service("db")) { $0.disabledServices["app"] = service("app") }
    #expect(try world().plan(now, down()).steps.map(\.action.subject).contains("Container shop-app-1"))
  }

  @Test func takesOneOffsAlong() throws {
    var world = try world()
    var oneOff = world.observed.containers[0]
    oneOff.id = "f00"
    oneOff.spec.isOneOff = true
    oneOff.spec.name = "shop-app-run-1"
    world.observed.containers.append(oneOff)
    #expect(try world.plan(whole, up()).isEmpty)
    let subjects = try world.plan(whole, down()).steps.map(\.action.subject)
    #expect(subjects.filter { $0 == "Container shop-app-run-1" }.count == 2)
  }

  @Test func takesOnlyNamedServices() throws {
    let plan = try world().plan(
      whole,
      down {
        $0.services = ["db"]
        $0.volumes = true
      })
    #expect(plan.steps.map(\.action.subject) == ["Container shop-db-1", "Container shop-db-1", "Volume shop_data"])
  }

  @Test func isNotStoppedByACycle() throws {
    let looped = stack(service("a", needs: ["b": Dependency()]), service("b", needs: ["a": Dependency()]))
    let world = try World(up: stack(service("a"), service("b")))
    #expect(try world.plan(looped, down()).steps.count == 5)
  }

  @Test func leavesNothing() throws {
    var world = try world()
    let plan = try world.plan(
      whole,
      down {
        $0.volumes = true
        $0.images = .all
      })
    try world.carryOut(whole, plan)
    #expect(world.observed.containers.isEmpty)
    #expect(world.observed.networks.isEmpty)
    #expect(world.observed.volumes.map(\.definition.name) == ["outside"])
    #expect(world.observed.images.isEmpty)
  }
}
