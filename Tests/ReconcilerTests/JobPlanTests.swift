import OCI
import Reconciler
import StackModel
import Testing

/// Jobs in plans: registered when all is there that they need, told field by field when they change, and gone first.
@Suite struct JobPlanTests {
  private func job(_ name: JobName, _ schedules: [JobSchedule] = [], _ edit: (inout Service) -> Void = { _ in }) -> Job {
    Job(definition: service(name.service, edit), triggers: JobTriggers(schedules: schedules))
  }

  private func jobs(_ jobs: [Job], _ services: [Service] = [], _ edit: (inout Stack) -> Void = { _ in }) -> Stack {
    // What they use is declared as for services.
    var made = stack(services + jobs.map(\.definition))
    made.services = Dictionary(uniqueKeysWithValues: services.map { ($0.name, $0) })
    made.jobs = Dictionary(uniqueKeysWithValues: jobs.map { (JobName($0.definition.name.rawValue), $0) })
    edit(&made)
    return made
  }

  private let nightly = JobSchedule(cron: "0 3 * * *", timezone: "Europe/Paris")

  /// As a file that the loader has not seen may have it.
  @Test func jobsThatWaitForEachOtherAreRefused() throws {
    let success = Dependency(condition: .completed)
    let ring = jobs([
      job("a") { $0.dependsOn = ["b": success, "db": Dependency()] }, job("b") { $0.dependsOn = ["c": success] },
      job("c") { $0.dependsOn = ["b": success] },
    ])
    #expect {
      _ = try World().plan(ring, up())
    } throws: {
      ($0 as? PlanningError)?.description == "dependency cycle: b → c → b"
    }
    let chain = jobs([job("a") { $0.dependsOn = ["b": success] }, job("b")])
    #expect(try !World().plan(chain, up()).isEmpty)
    let twice = jobs([job("a")]) { $0.jobs?["b"] = job("a") }
    #expect(try !World().plan(twice, up()).isEmpty)
  }

  @Test func areRegisteredWhenAllIsThere() throws {
    let stack = jobs([
      job("backup", [nightly]) { $0.options.mounts = [Mount(source: .volume("shop_data"), target: "/data")] }, job("tidy"),
    ])
    var world = World()
    world.addImages(of: stack)
    #expect(
      try printed(world, stack, up()) == """
        0 + create network shop_default (absent)
        1 + create volume shop_data (absent)
        2 + create job backup, 0 3 * * * Europe/Paris (absent) after 0 1
        3 + create job tidy, manual (absent) after 0
        """)
    // A second time there is nothing to do, as long as nothing changes but where it is written.
    var up = try World(up: stack)
    var moved = stack
    moved.jobs?["tidy"]?.definition.origin = nil
    #expect(try up.carryOut(moved, ReconcilerTests.up()).isEmpty)
  }

  @Test func theirImagesAreGotBefore() throws {
    let stack = jobs([
      job("backup", [nightly]), job("built") { $0.build = BuildSpec(context: "/src") },
      job("never") {
        $0.image = "here:1"
        $0.pullPolicy = .never
      },
    ])
    var world = World()
    world.observed.images["here:1"] = world.freshImage()
    let plan = try world.plan(stack, up())
    #expect(plan.description.contains("pull image backup:1 (absent)") && plan.description.contains("build image built:1 (absent)"))
    #expect(plan.needsReplanning)
    #expect(try world.carryOut(stack, up()).description.contains("create job built"))
    #expect(try world.plan(stack, up()).isEmpty)
    #expect(
      try refusal(World(), jobs([job("never") { $0.pullPolicy = .never }]), up()).contains(
        "never: its image never:1 is not on this machine"))
  }

  private static let changes: [(String, @Sendable (inout Job) -> Void)] = [
    (
      "triggers.schedule: 0 3 * * * Europe/Paris → 0 4 * * *",
      { job in job.triggers.schedules = [JobSchedule(cron: "0 4 * * *")] }
    ),
    ("triggers.schedule: removed 0 3 * * * Europe/Paris", { job in job.triggers.schedules = [] }),
    ("triggers.schedule.concurrency: forbid → queue", { job in job.triggers.schedules[0].concurrency = .queue }),
    ("triggers.schedule.missed_fires: one → skip", { job in job.triggers.schedules[0].missedFires = .skip }),
    ("triggers.manual: true → false", { job in job.triggers.isManual = false }),
    ("image: backup:1 → backup:2", { job in job.definition.image = "backup:2" }),
    ("command: added [dump]", { job in job.definition.options.command = ["dump"] }),
    ("environment.API_TOKEN: added (sensitive)", { job in job.definition.options.environment["API_TOKEN"] = "swordfish" }),
    ("depends_on.db: added service_healthy", { job in job.definition.dependsOn["db"] = Dependency(condition: .healthy) }),
    ("definition: changed", { job in job.definition.profiles = ["night"] }),
  ]

  @Test(arguments: changes)
  func changesAreTold(_ expected: String, _ change: @Sendable (inout Job) -> Void) throws {
    let before = job("backup", [nightly])
    var after = before
    change(&after)
    var world = try World(up: jobs([before], [service("db")]))
    let new = jobs([after], [service("db")])
    world.addImages(of: new)
    var options = UpOptions()
    options.build = .never
    let plan = try world.plan(new, .up(options))
    #expect(plan.steps.last?.description.hasSuffix("± update job backup (\(expected))") == true, "\(plan)")
    #expect(!plan.description.contains("swordfish"))
    _ = try world.carryOut(new, .up(options))
    let left = try world.plan(new, .up(options)).steps.filter { !$0.action.makesImage }
    #expect(left.isEmpty, "\(left)")
  }

  @Test func whatIsInTheFileNoMoreIsRemoved() throws {
    let both = jobs([job("backup", [nightly]), job("tidy")])
    let world = try World(up: both)
    let one = jobs([job("tidy")])
    #expect(try printed(world, one, up()) == "0 - remove job backup and its history (not in the stack file any more)")
    // Not one whose profile is not active, and not when services are named.
    #expect(try world.plan(jobs([job("tidy")]) { $0.disabledJobs = ["backup": job("backup")] }, up()).isEmpty)
    let named = jobs([job("tidy")], [service("web")])
    #expect(try !world.plan(named, up { $0.services = ["web"] }).description.contains("job"))
    #expect(
      try refusal(world, both, up { $0.services = ["tidy"] }) == "\"tidy\" is a job, not a service | run it with: muster job run tidy")
  }

  @Test func downRemovesThemFirstWithWhatRuns() throws {
    let stack = jobs([job("backup", [nightly])], [service("web")])
    var world = try World(up: stack)
    let spec = ContainerSpec(
      project: shop, service: "backup", number: 4, isOneOff: true, name: "shop-backup-run-4", image: "backup:1",
      options: stack.jobs?["backup"]?.definition.options ?? ContainerOptions())
    let run = ObservedContainer(id: ContainerID(digest(99).hex), spec: spec, imageID: digest(1), state: .running)
    world.observed.containers.append(run)
    #expect(
      try printed(world, stack, down()) == """
        0 - remove job backup and its history (down)
        1 ~ stop container shop-web-1 (down)
        2 - remove container shop-web-1 (down) after 1
        3 - remove network shop_default (down) after 0 2
        """)
    // It is no orphan, whatever becomes of it.
    #expect(try world.plan(stack, up { $0.removeOrphans = true }).isEmpty)
    world.observed.containers[world.observed.containers.count - 1].state = .exited
    #expect(try world.plan(stack, up { $0.removeOrphans = true }).isEmpty)
    _ = try world.carryOut(stack, down())
    #expect(world.observed.containers.isEmpty && world.observed.networks.isEmpty && world.observed.jobs == [])
  }

  @Test func whatJobsUseGoesAfterThem() throws {
    let stack = jobs(
      [job("backup", [nightly]) { $0.options.mounts = [Mount(source: .volume("shop_data"), target: "/data")] }],
      [service("web") { $0.options.mounts = [Mount(source: .volume("shop_data"), target: "/data")] }])
    let world = try World(up: stack)
    #expect(
      try printed(world, stack, down { $0.volumes = true }) == """
        0 - remove job backup and its history (down)
        1 ~ stop container shop-web-1 (down)
        2 - remove container shop-web-1 and its anonymous volumes (down) after 1
        3 - remove network shop_default (down) after 0 2
        4 - remove volume shop_data (down --volumes) after 0 2
        """)
    // A service alone does not take along what a job has.
    let named = try world.plan(stack, down { ($0.services, $0.volumes) = (["web"], true) })
    #expect(!named.description.contains("volume shop_data") && !named.description.contains("job"), "\(named)")
  }

  @Test func anotherProjectsJobsAreLeftAlone() throws {
    var world = World()
    world.observed.jobs = [ObservedJob(project: "other", name: "backup", job: job("backup"))]
    #expect(try world.plan(jobs([]), up()).isEmpty)
    #expect(try !world.plan(nil, down()).description.contains("job"))
  }

  @Test func aPlanKeepsItsSecrets() throws {
    let stack = jobs([job("backup", [nightly]) { $0.options.environment["PASSWORD"] = "swordfish" }])
    var world = World()
    world.addImages(of: stack)
    let plan = try world.plan(stack, up()).withoutSensitiveValues
    guard case .createJob(_, let kept)? = plan.steps.last?.action else {
      Issue.record("\(plan)")
      return
    }
    #expect(kept.definition.options.environment["PASSWORD"] == "(sensitive)")
  }
}
