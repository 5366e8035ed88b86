import Diagnostics
import Reconciler
import StackModel
import Testing

/// What cannot be planned, and how that is said.
@Suite struct RefusalTests {
  private let pair = stack(service("database"), service("web"))

  @Test(arguments: [
    up { $0.services = ["databse"] }, .start(services: ["databse"]), .stop(services: ["databse"], timeout: nil),
    .kill(services: ["databse"], signal: "KILL"), .build(services: ["databse"], noCache: false), down { $0.services = ["databse"] },
    up { $0.scale = ["databse": 2] }, .restart(services: ["databse"], timeout: nil, noDependencies: false),
    .remove(services: ["databse"], stop: false, volumes: false),
  ])
  func unknownServices(_ operation: Operation) throws {
    #expect(try refusal(World(), pair, operation) == "no such service: databse | did you mean \"database\"?")
  }

  @Test func cycles() throws {
    let looped = stack(
      service("a", needs: ["b": Dependency()]), service("b", needs: ["c": Dependency()]), service("c", needs: ["b": Dependency()]))
    #expect(try refusal(World(), looped, up()).hasPrefix("dependency cycle: b → c → b | "))
  }

  @Test func dependenciesThatAreNotThere() throws {
    #expect(
      try refusal(World(), stack(service("a", needs: ["b": Dependency()])), up())
        == "a: it depends on \"b\", which is not a service of the stack")
    let asleep = stack(service("a", needs: ["b": Dependency()])) { $0.disabledServices["b"] = service("b") { $0.profiles = ["debug"] } }
    #expect(
      try refusal(World(), asleep, up()) == "a: it depends on \"b\", whose profiles are not active | activate one of them: --profile debug")
    var world = World()
    let optional = stack(service("a", needs: ["b": Dependency(isRequired: false)]))
    world.addImages(of: optional)
    #expect(try world.plan(optional, up()).steps.count == 3)
  }

  @Test func severalContainersWithOneName() throws {
    let origin = SourceRange(file: "compose.yaml", start: .init(line: 3, column: 5), end: .init(line: 3, column: 8))
    let named = stack(
      service("web") {
        $0.containerName = "web"
        $0.origin = origin
      })
    #expect(
      try refusal(World(), named, up { $0.scale = ["web": 2] })
        == "compose.yaml:3:5: web: it shall have 2 containers and has container_name \"web\", which only one can have | take container_name away, or do not scale it"
    )
    #expect(try refusal(World(), named, up { $0.scale = ["web": -1] }) == "compose.yaml:3:5: web: it cannot have -1 containers")
    #expect(
      try refusal(World(), stack(service("web")), up { $0.scale = ["web": .max] })
        == "web: it cannot have 9223372036854775807 containers | the most are 10000")
  }

  @Test func namesThatAreTaken() throws {
    let twins = stack(service("a") { $0.containerName = "x" }, service("b") { $0.containerName = "x" })
    #expect(
      try refusal(World(), twins, up()) == "b: its container is called \"x\", and so is that of a | give one of them another container_name"
    )
    let renamed = stack(service("new") { $0.containerName = "x" })
    var world = try World(up: stack(service("old") { $0.containerName = "x" }))
    world.addImages(of: renamed)
    #expect(
      try refusal(world, renamed, up())
        == "new: its container_name \"x\" belongs to a container of old, which stays | remove that one with --remove-orphans")
    _ = try world.carryOut(renamed, up { $0.removeOrphans = true })
    #expect(world.observed.containers.map(\.spec.service) == ["new"])
  }

  @Test func upWithoutAFile() throws {
    #expect(try refusal(World(), nil, up()).hasPrefix("there is no stack file"))
  }

  @Test func aChangedNetworkUnderAContainerThatStays() throws {
    let after = stack(service("web")) { $0.networks["shop_default"]?.isInternal = true }
    let world = try World(up: stack(service("web"), service("old")))
    #expect(
      try refusal(world, after, up())
        == "network shop_default has to be made anew, and shop-old-1, which this command does not touch, is on it | remove it with --remove-orphans"
    )
    #expect(try !world.plan(after, up { $0.removeOrphans = true }).isEmpty)
  }
}
