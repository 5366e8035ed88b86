import OCI
import Reconciler
import StackModel
import TestSupport

/// A machine that exists only in memory: carries plans out as the engine does, and objects to a step whose ground has not been prepared.
struct World {
  struct Violation: Error, CustomStringConvertible {
    var description: String
  }

  var observed = Observed()
  /// Steps that are ready are tried in an order that this decides.
  var random = SeededRandom(seed: 0)
  /// Whether a start is checked against `depends_on`: not where some services are left out on purpose.
  var checksConditions = true
  private var made = 0
  /// What the plan that is being carried out removes.
  private var leaving: Set<ContainerID> = []
  /// What containers that are started beside others are to be called, and the others that get no connections any more.
  private var successors: [String: String] = [:]
  private var handedOver: Set<ContainerID> = []
  /// What each container was when it made its network namespace, or came back into it.
  private var networkSpecs: [ContainerID: ContainerSpec] = [:]

  init() {}

  /// A world in which the images of a stack are there and it is up.
  init(up stack: Stack, _ edit: (inout World) -> Void = { _ in }) throws {
    addImages(of: stack)
    try carryOut(stack, Planner(project: shop, desired: stack, observed: observed).plan(ReconcilerTests.up()))
    edit(&self)
  }

  mutating func addImages(of stack: Stack) {
    for service in stack.servicesAndJobs.values.sorted(by: { $0.name < $1.name }) where observed.images[service.image] == nil {
      observed.images[service.image] = freshImage()
    }
  }

  mutating func freshImage() -> Digest {
    made += 1
    return digest(made)
  }

  func plan(_ stack: Stack?, _ operation: Operation) throws(PlanningError) -> Plan {
    try Planner(project: shop, desired: stack, observed: seen).plan(operation)
  }

  /// With what containers keep of the networks of others that have ended.
  private var seen: Observed {
    var seen = observed
    for index in seen.containers.indices where seen.containers[index].isUp {
      guard let owner = seen.containers[index].joinedNetwork, let spec = networkSpecs[owner], !isUp(owner) else { continue }
      seen.containers[index].keptNetwork = KeptNetwork(container: spec.name, networks: spec.networks)
    }
    return seen
  }

  private func isUp(_ id: ContainerID) -> Bool { observed.containers.contains { $0.id == id && $0.isUp } }

  /// Gives the containers ids that are the same each time.
  mutating func renumber() {
    var ids: [ContainerID: ContainerID] = [:]
    for (index, container) in observed.containers.enumerated() {
      ids[container.id] = ContainerID("\(index + 1)" + String(repeating: "a", count: 63))
    }
    for index in observed.containers.indices {
      let container = observed.containers[index]
      observed.containers[index].id = ids[container.id] ?? container.id
      observed.containers[index].joinedNetwork = container.joinedNetwork.map { ids[$0] ?? $0 }
    }
    networkSpecs = Dictionary(uniqueKeysWithValues: networkSpecs.map { (ids[$0.key] ?? $0.key, $0.value) })
  }

  /// Changes the container of that name.
  mutating func change(_ name: String, _ edit: (inout ObservedContainer) -> Void) {
    for index in observed.containers.indices where observed.containers[index].spec.name == name { edit(&observed.containers[index]) }
  }

  /// Does as the engine: images first, then what a new plan says.
  mutating func carryOut(_ stack: Stack, _ operation: Operation) throws -> Plan {
    var plan = try plan(stack, operation)
    if plan.needsReplanning {
      try carryOut(stack, plan.imageSteps)
      guard case .up(var options) = operation else { throw Violation(description: "images in \(operation)") }
      options.build = .never
      options.pull = .missing
      plan = try self.plan(stack, .up(options))
    }
    try carryOut(stack, plan)
    return plan
  }

  /// Does the steps in some order that their edges allow.
  mutating func carryOut(_ stack: Stack, _ plan: Plan) throws {
    leaving = Set(plan.steps.compactMap { if case .removeContainer(_, let id, _) = $0.action { id } else { nil } })
    var left = plan.steps
    var done: Set<Int> = []
    while !left.isEmpty {
      let ready = left.indices.filter { left[$0].after.union(left[$0].afterEnd ?? []).isSubset(of: done) }
      guard let index = ready.randomElement(using: &random) else { throw Violation(description: "steps wait for each other") }
      let step = left.remove(at: index)
      do {
        try perform(step.action, stack)
      } catch let violation as Violation {
        throw Violation(description: "\(violation) at: \(step)\n\(plan)")
      }
      done.insert(step.id)
    }
    observed.containers.sort { $0.spec.name < $1.spec.name }
    observed.generation += 1
  }

  private mutating func perform(_ action: Action, _ stack: Stack) throws {
    switch action {
    case .pullImage(let reference, _): observed.images[reference] = freshImage()
    case .pushImage: break
    case .buildImage(_, let references, _):
      let image = freshImage()
      for reference in references { observed.images[reference] = image }
      observed.changedBuilds?.removeAll(where: references.contains)
    case .createNetwork(let network):
      try check(!observed.networks.contains { $0.definition.name == network.name }, "network exists")
      try check(!network.isExternal, "network is external")
      observed.networks.append(ObservedNetwork(definition: network, requested: network, project: shop))
    case .removeNetwork(let name):
      try check(observed.networks.contains { $0.definition.name == name && $0.project == shop }, "network is not here, or another's")
      try check(!observed.containers.contains { $0.isUp && $0.networks.contains(name) }, "network in use")
      observed.networks.removeAll { $0.definition.name == name }
    case .createVolume(let volume):
      try check(!observed.volumes.contains { $0.definition.name == volume.name }, "volume exists")
      try check(!volume.isExternal, "volume is external")
      observed.volumes.append(ObservedVolume(definition: volume, project: shop))
    case .removeVolume(let name):
      try check(observed.volumes.contains { $0.definition.name == name && $0.project == shop }, "volume is not here, or another's")
      try check(!observed.containers.contains { $0.volumes.contains(name) }, "volume in use")
      observed.volumes.removeAll { $0.definition.name == name }
    case .createContainer(let spec, let volumes): try create(spec, volumes)
    case .startContainer(let name): try start(name, stack)
    case .stopContainer(_, let id, _), .killContainer(_, let id, _):
      let index = try place(id)
      try check(observed.containers[index].isUp, "is not up")
      observed.containers[index].end(code: 137)
    case .restartContainer(let name, let id, _):
      let index = try place(id)
      observed.containers[index].end(code: 137)
      try start(name, stack)
    case .renewFiles(_, let id, let spec):
      let index = try place(id)
      try check(observed.containers[index].state == .running, "is not up")
      observed.containers[index].spec = spec
    case .updateContainer(let name, let id, let spec): try update(name, id, spec)
    case .removeContainer(_, let id, let volumes):
      let index = try place(id)
      try check(!observed.containers[index].isUp, "is up")
      let container = observed.containers.remove(at: index)
      if volumes { observed.volumes.removeAll { container.anonymousVolumes.values.contains($0.definition.name) } }
    case .waitFor(_, let names, let condition, _):
      for name in names {
        guard let index = observed.containers.firstIndex(where: { $0.spec.name == name }) else {
          throw Violation(description: "no container \(name)")
        }
        if condition == .completed {
          try check(observed.containers[index].isUp || observed.containers[index].exitCode == 0, "waits for what does not run")
          observed.containers[index].end(code: 0)
        } else {
          try check(observed.containers[index].isUp, "waits for what does not run")
          observed.containers[index].health = .healthy
        }
      }
    case .createSuccessor(var spec, let name, let volumes):
      try check(observed.containers.contains { $0.spec.service == spec.service && $0.isUp }, "there is nobody to succeed")
      successors[name] = spec.name
      spec.name = name
      try create(spec, volumes)
    case .watchContainer(let name, _, _):
      let index = try place(name)
      try check(observed.containers[index].isUp, "watches what does not run")
      if observed.containers[index].health != nil { observed.containers[index].health = .healthy }
    case .handOver(let name, let id, let successor):
      let (old, new) = (try place(id), try place(successor))
      try check(observed.containers[new].isUp && observed.containers[new].health != .starting, "the successor is not ready")
      try check(successors[successor] == name, "the successor is to be \(successors[successor] ?? "nobody")")
      observed.containers[old].spec.name = successor
      observed.containers[new].spec.name = name
      handedOver.insert(id)
    case .drainContainer(_, let id, _): try check(handedOver.contains(id), "is drained and gets connections")
    case .settleBatch(let batch):
      for name in batch.containers { try check(observed.containers[try place(name)].isUp, "\(name) has been replaced and is not up") }
      for name in batch.successors { try check(!observed.containers.contains { $0.spec.name == name }, "\(name) is left") }
    case .delayBatch: break
    case .createJob(let name, let job):
      try check(!(observed.jobs ?? []).contains { $0.name == name }, "job exists")
      try checkGround(of: job)
      observed.jobs = ((observed.jobs ?? []) + [ObservedJob(project: shop, name: name, job: job)]).sorted { $0.name < $1.name }
    case .updateJob(let name, let job):
      guard let index = observed.jobs?.firstIndex(where: { $0.name == name }) else { throw Violation(description: "no job") }
      try checkGround(of: job)
      observed.jobs?[index].job = job
    case .removeJob(let name, _):
      try check((observed.jobs ?? []).contains { $0.name == name }, "no job")
      observed.jobs?.removeAll { $0.name == name }
      observed.containers.removeAll { $0.spec.isOneOff && $0.spec.service == name.service }
    case .removeImage(let reference):
      let image = observed.images[reference]
      try check(!observed.containers.contains { $0.imageID == image }, "image in use")
      observed.images[reference] = nil
    }
  }

  /// What a job's containers need is there before it is due.
  private func checkGround(of job: Job) throws {
    try check(observed.images[job.definition.image] != nil, "no image")
    if case .bridges(let attachments) = job.definition.options.network {
      for attachment in attachments {
        try check(observed.networks.contains { $0.definition.name == attachment.network }, "no network \(attachment.network)")
      }
    }
    for mount in job.definition.options.mounts {
      if case .volume(let name) = mount.source {
        try check(observed.volumes.contains { $0.definition.name == name }, "no volume \(name)")
      }
    }
  }

  private mutating func update(_ name: String, _ id: ContainerID, _ spec: ContainerSpec) throws {
    let index = try place(id)
    let container = observed.containers[index]
    try check(name == spec.name && container.spec.name == spec.name, "another container's spec")
    for network in ObservedContainer(id: id, spec: spec, imageID: container.imageID, state: .created).networks {
      try check(observed.networks.contains { $0.definition.name == network }, "no network \(network)")
    }
    observed.containers[index].spec = spec
    guard container.isUp else { return }
    for other in observed.containers where other.isUp && other.id != id {
      try check(other.hostPorts.isDisjoint(with: observed.containers[index].hostPorts), "port is held by \(other.spec.name)")
    }
    observed.containers[index].ports = spec.options.ports
    networkSpecs[id] = spec
    if container.spec.options.healthcheck != spec.options.healthcheck {
      observed.containers[index].health = spec.options.healthcheck == nil ? nil : .starting
    }
  }

  private mutating func create(_ spec: ContainerSpec, _ volumes: [String: VolumeName]) throws {
    try check(!observed.containers.contains { $0.spec.name == spec.name }, "name is taken")
    guard let image = observed.images[spec.image] else { throw Violation(description: "no image") }
    if case .bridges(let attachments) = spec.options.network {
      for attachment in attachments {
        try check(observed.networks.contains { $0.definition.name == attachment.network }, "no network \(attachment.network)")
      }
    }
    var anonymous: [String: VolumeName] = [:]
    for mount in spec.options.mounts {
      switch mount.source {
      case .volume(let name): try check(observed.volumes.contains { $0.definition.name == name }, "no volume \(name)")
      case .anonymousVolume:
        made += 1
        let name = volumes[mount.target] ?? VolumeName("anonymous-\(made)")
        anonymous[mount.target] = name
        if volumes[mount.target] == nil {
          observed.volumes.append(
            ObservedVolume(definition: Volume(key: name.rawValue, name: name), project: shop, isAnonymous: true))
        }
      case .bind, .tmpfs, .image: break
      }
    }
    made += 1
    observed.containers.append(
      ObservedContainer(
        id: ContainerID(digest(made).hex), spec: spec, imageID: image, state: .created, anonymousVolumes: anonymous))
  }

  private mutating func start(_ name: String, _ stack: Stack) throws {
    guard let index = observed.containers.firstIndex(where: { $0.spec.name == name }) else { throw Violation(description: "no container") }
    let container = observed.containers[index]
    try check(!container.isUp || container.state == .restarting, "is up already")
    let ports = container.hostPorts
    // Of a service's containers it is the first one whose network is shared.
    let isFirst = !observed.containers.contains {
      $0.spec.service == container.spec.service && !$0.spec.isOneOff && $0.spec.number < container.spec.number
    }
    for other in observed.containers where other.isUp {
      // The replicas of a service share its ports.
      let isFree = other.spec.service == container.spec.service || other.hostPorts.isDisjoint(with: ports)
      try check(isFree, "port is held by \(other.spec.name)")
      let kept = other.joinedNetwork.flatMap { networkSpecs[$0] }
      guard other.spec.options.network == .service(container.spec.service), isFirst, stack.services[other.spec.service] != nil else {
        continue
      }
      try check(kept.map(container.spec.comesBack) ?? false, "\(other.spec.name) still holds its network")
    }
    for place in observed.containers.indices where isFirst && observed.containers[place].isUp {
      if observed.containers[place].spec.options.network == .service(container.spec.service) {
        observed.containers[place].joinedNetwork = container.id
      }
    }
    networkSpecs[container.id] = container.spec
    if case .service(let owner) = container.spec.options.network {
      let theirs = observed.containers.filter { $0.spec.service == owner && $0.isUp }.min { $0.spec.number < $1.spec.number }
      observed.containers[index].joinedNetwork = theirs?.id
      if let theirs { networkSpecs[theirs.id] = theirs.spec }
    }
    observed.containers[index].state = .running
    observed.containers[index].exitCode = nil
    observed.containers[index].ports = container.spec.options.ports
    observed.containers[index].health = container.spec.options.healthcheck == nil ? nil : .starting
    // A start reads what secrets contain by then.
    for place in container.spec.options.secrets.indices {
      let grant = container.spec.options.secrets[place]
      let wanted = stack.services[container.spec.service]?.options.secrets.first { $0.source == grant.source && $0.target == grant.target }
      if let wanted { observed.containers[index].spec.options.secrets[place].fingerprint = wanted.fingerprint }
    }
    guard checksConditions else { return }
    for (needed, dependency) in stack.services[container.spec.service]?.dependsOn ?? [:] {
      let theirs = observed.containers.filter { $0.spec.service == needed && !$0.spec.isOneOff && !leaving.contains($0.id) }
      try check(theirs.allSatisfy { $0.meets(dependency.condition) }, "\(needed) is not \(dependency.condition.rawValue)")
    }
  }

  private func place(_ name: String) throws -> Int {
    guard let index = observed.containers.firstIndex(where: { $0.spec.name == name }) else {
      throw Violation(description: "no container \(name)")
    }
    return index
  }

  private func place(_ id: ContainerID) throws -> Int {
    guard let index = observed.containers.firstIndex(where: { $0.id == id }) else { throw Violation(description: "no container") }
    return index
  }

  private func check(_ isFine: Bool, _ complaint: String) throws {
    if !isFine { throw Violation(description: complaint) }
  }
}

extension ObservedContainer {
  var isUp: Bool { state == .running || state == .paused || state == .restarting }

  var networks: [NetworkName] { spec.networks }

  var volumes: [VolumeName] {
    spec.options.mounts.compactMap { if case .volume(let name) = $0.source { name } else { nil } } + anonymousVolumes.values
  }

  var hostPorts: Set<UInt16> { Set(spec.options.ports.compactMap(\.published)) }

  mutating func end(code: Int32) {
    state = .exited
    joinedNetwork = nil
    exitCode = code
    health = nil
  }

  func meets(_ condition: Dependency.Condition) -> Bool {
    switch condition {
    case .started: isUp || exitCode == 0
    case .healthy: isUp && health == .healthy
    case .completed: state == .exited && exitCode == 0
    }
  }
}

extension ContainerSpec {
  fileprivate var networks: [NetworkName] {
    if case .bridges(let attachments) = options.network { attachments.map(\.network) } else { [] }
  }

  /// Whether it finds its interfaces in the network namespace of such a container.
  fileprivate func comesBack(to old: ContainerSpec) -> Bool {
    guard case .bridges(let before) = old.options.network, case .bridges(let now) = options.network else { return false }
    return name == old.name && before.map(\.network) == now.map(\.network) && before.map(\.address) == now.map(\.address)
  }
}
