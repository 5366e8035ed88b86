import Reconciler
import StackModel
import TestSupport
import Testing

/// Laws that hold for every stack, tried on random ones. A failure names the seed, which repeats it.
@Suite struct PropertyTests {
  /// What is there of others.
  private static var surroundings: World {
    var world = World()
    world.observed.networks = [ObservedNetwork(definition: network("outside"), requested: network("outside"), project: "other")]
    world.observed.volumes = [ObservedVolume(definition: Volume(key: "kept", name: "kept"), project: nil)]
    return world
  }

  /// A world with a history: some stack up, then changed and disturbed.
  private func history(_ seed: UInt64) throws -> (world: World, stack: Stack, options: UpOptions) {
    var random = SeededRandom(seed: seed)
    var world = Self.surroundings
    world.random = SeededRandom(seed: seed &+ 1)
    var stack = random.stack()
    world.addImages(of: stack)
    _ = try world.carryOut(stack, up())
    random.disturb(&world)
    stack = random.changed(stack)
    return (world, stack, random.options(for: stack))
  }

  /// The plan, or nil where there rightly is none.
  private func plan(_ world: World, _ stack: Stack, _ options: UpOptions) throws -> Plan? {
    do {
      return try world.plan(stack, .up(options))
    } catch let error where error.description.contains("has to be made anew") {
      return nil
    }
  }

  @Test(arguments: 0..<400 as Range<UInt64>)
  func upConverges(seed: UInt64) throws {
    var (world, stack, options) = try history(seed)
    guard try plan(world, stack, options) != nil else { return }
    world.checksConditions = options.services.isEmpty
    _ = try world.carryOut(stack, .up(options))
    options.forceRecreate = false
    options.build = .ifMissing
    // What is named is run again, however often it has done its work.
    let (done, named) = (world.observed.containers.filter { $0.state == .exited && $0.exitCode == 0 }, !options.services.isEmpty)
    options.services.removeAll { name in done.contains { $0.spec.service == name } }
    if named && options.services.isEmpty { return }
    let again = try world.plan(stack, .up(options))
    #expect(again.isEmpty, "seed \(seed): \(again)")
  }

  @Test(arguments: 0..<400 as Range<UInt64>)
  func whatIsAsItShallBeNeedsNothing(seed: UInt64) throws {
    var random = SeededRandom(seed: seed)
    let stack = random.stack()
    var world = Self.surroundings
    world.addImages(of: stack)
    _ = try world.carryOut(stack, up())
    let plan = try world.plan(stack, up())
    #expect(plan.isEmpty, "seed \(seed): \(plan)")
    for container in world.observed.containers { #expect(container.spec.changes(to: container.spec).isEmpty) }
  }

  /// Acyclic, each with a reason, and of what changes in place nothing is stopped or removed.
  @Test(arguments: 0..<400 as Range<UInt64>)
  func noStepIsWithoutReason(seed: UInt64) throws {
    let (world, stack, options) = try history(seed)
    guard let plan = try plan(world, stack, options) else { return }
    var ended: Set<String> = []
    for step in plan.steps {
      #expect(!step.reasons.isEmpty, "seed \(seed): \(step)")
      #expect(!step.description.contains("()"), "seed \(seed): an empty reason: \(step)")
      if case .removeContainer(let name, _, _) = step.action { ended.insert(name) }
    }
    for step in plan.steps {
      guard case .updateContainer(let name, let id, let spec) = step.action else { continue }
      #expect(!ended.contains(name), "seed \(seed): \(name) is changed in place and removed")
      let current = try #require(world.observed.containers.first { $0.id == id })
      #expect(current.spec.name == spec.name && current.spec.image == spec.image)
      #expect(current.spec.options.environment == spec.options.environment && current.spec.options.mounts == spec.options.mounts)
    }
  }

  @Test(arguments: 0..<400 as Range<UInt64>)
  func stepsComeAfterWhatTheyNeed(seed: UInt64) throws {
    let (world, stack, options) = try history(seed)
    guard let plan = try plan(world, stack, options) else { return }
    #expect(plan.steps.map(\.id) == Array(plan.steps.indices))
    for step in plan.steps { #expect(step.after.union(step.afterEnd ?? []).allSatisfy { $0 < step.id }, "seed \(seed): \(step)") }
  }

  @Test(arguments: 0..<400 as Range<UInt64>)
  func nothingOfValueIsRemovedAndNoSecretShown(seed: UInt64) throws {
    let (world, stack, options) = try history(seed)
    guard let plan = try plan(world, stack, options) else { return }
    var removed: Set<String> = []
    for step in plan.steps {
      switch step.action {
      case .removeVolume: Issue.record("seed \(seed): up removes a volume")
      case .removeNetwork(let name): #expect(name != "outside")
      case .removeContainer(let name, let id, let volumes):
        #expect(!volumes)
        #expect(removed.insert(id.rawValue).inserted, "seed \(seed): \(name) is removed twice")
      default: break
      }
    }
    #expect(!plan.description.contains(SeededRandom.secretMark))
    for step in plan.steps { #expect(!"\(step.reasons)".contains(SeededRandom.secretMark)) }
  }

  @Test(arguments: 0..<200 as Range<UInt64>)
  func theOrderOfWhatIsSeenDoesNotMatter(seed: UInt64) throws {
    let (world, stack, options) = try history(seed)
    guard let plan = try plan(world, stack, options) else { return }
    var shuffled = world
    var random = SeededRandom(seed: seed)
    shuffled.observed.networks.shuffle(using: &random)
    shuffled.observed.volumes.shuffle(using: &random)
    #expect(try shuffled.plan(stack, .up(options)) == plan)
  }

  @Test(arguments: 0..<200 as Range<UInt64>)
  func downLeavesOnlyWhatIsNotTheProjects(seed: UInt64) throws {
    var (world, stack, _) = try history(seed)
    let all = down {
      $0.volumes = true
      $0.images = .all
      $0.removeOrphans = true
    }
    try world.carryOut(stack, world.plan(stack, all))
    #expect(world.observed.containers.isEmpty)
    #expect(world.observed.networks.map(\.definition.name) == ["outside"])
    #expect(world.observed.volumes.map(\.definition.name) == ["kept"])
    #expect(try world.plan(stack, all).isEmpty)
  }

  @Test(arguments: 0..<200 as Range<UInt64>)
  func stopStartAndRestartKeepTheOrder(seed: UInt64) throws {
    var random = SeededRandom(seed: seed)
    let stack = random.stack()
    var world = Self.surroundings
    world.addImages(of: stack)
    _ = try world.carryOut(stack, up())
    try world.carryOut(stack, world.plan(stack, .restart(services: [], timeout: nil, noDependencies: false)))
    try world.carryOut(stack, world.plan(stack, .stop(services: [], timeout: nil)))
    #expect(world.observed.containers.allSatisfy { !$0.isUp })
    try world.carryOut(stack, world.plan(stack, .start(services: [])))
    #expect(world.observed.containers.allSatisfy { $0.isUp || $0.exitCode == 0 })
  }
}
