import StackModel

/// The plan of `down`: containers, dependants before what they need, then networks, then what was asked for beside.
struct DownPlan {
  let planner: Planner
  let options: DownOptions
  let graph: ServiceGraph
  var steps = StepList()
  var notes: [String] = []
  var removals: [ContainerID: Int] = [:]
  var jobRemovals: [JobName: Int] = [:]
  /// Containers that stay: orphans, or services that were not named.
  var staying: [ObservedContainer] = []

  var observed: Observed { planner.observed }
  var isWhole: Bool { options.services.isEmpty }

  init(_ planner: Planner, _ options: DownOptions) throws(PlanningError) {
    try planner.checkKnown(options.services)
    self.planner = planner
    self.options = options
    graph = planner.existingGraph
  }

  mutating func make() throws(PlanningError) -> Plan {
    try checkProtection()
    if isWhole { removeJobs() }
    removeContainers()
    if isWhole { removeNetworks() }
    if options.volumes {
      removeVolumes()
      try checkVolumes()
    }
    if let images = options.images { removeImages(images) }
    if steps.steps.isEmpty { notes.append("No resource found to remove for project \"\(planner.project)\".") }
    return planner.plan(steps, notes: notes)
  }

  private func checkProtection() throws(PlanningError) {
    guard planner.desired?.isProtected == true else { return }
    throw PlanningError(
      "the stack \"\(planner.project)\" is protected (x-muster.protect: true): it is not taken down",
      hint:
        "to stop it, `muster stop`; to take it down all the same, remove protect from the stack file, run `muster up`, then `muster down`")
  }

  /// Nothing is removed when one of the volumes that would go is protected.
  private func checkVolumes() throws(PlanningError) {
    let names = steps.steps.compactMap { step -> String? in
      guard case .removeVolume(let name) = step.action, isProtected(name) else { return nil }
      return name.rawValue
    }
    guard !names.isEmpty else { return }
    throw PlanningError(
      "protected (x-muster.protect: true) and not removed: volume \(names.joined(separator: ", volume "))",
      hint: "without --volumes they stay and the rest goes; or remove protect from the stack file and run `muster up` before")
  }

  /// What the stack says now counts, and for a volume that is not in it any more what it said when the volume was made.
  private func isProtected(_ name: VolumeName) -> Bool {
    if let declared = planner.desired?.volumes[name] { return declared.isProtected == true }
    return observed.volumes.first { $0.definition.name == name }?.definition.isProtected == true
  }

  /// Jobs go first, with what runs of them: nothing begins any more while the rest is taken down.
  private mutating func removeJobs() {
    for job in observed.jobs ?? [] where job.project == planner.project {
      let step = steps.add(.removeJob(job.name, timeout: options.timeout), [.requested("down")])
      jobRemovals[job.name] = step
      for container in observed.containers where container.spec.isOneOff && container.spec.service == job.name.service {
        removals[container.id] = step
      }
    }
  }

  private mutating func removeContainers() {
    let wanted = Set(options.services)
    var leaving: [ServiceName: [ObservedContainer]] = [:]
    for container in observed.containers where removals[container.id] == nil {
      if isWhole ? options.removeOrphans || !isOrphan(container) : wanted.contains(container.spec.service) {
        leaving[container.spec.service, default: []].append(container)
      } else {
        staying.append(container)
      }
    }
    if isWhole, !staying.isEmpty, options.ignoresOrphans != true {
      notes.append(
        "Found orphan containers ([\(staying.map(\.spec.name).joined(separator: " "))]) for this project; they stay. "
          + "To remove them too: --remove-orphans")
    }
    var stopped: [ServiceName: Set<Int>] = [:]
    for service in graph.order.reversed() {
      let before = (graph.dependants[service] ?? []).reduce(into: Set<Int>()) { $0.formUnion(stopped[$1] ?? []) }
      var stops: Set<Int> = []
      for container in leaving[service] ?? [] {
        var after = before
        if container.isUp {
          let stop = steps.add(
            .stopContainer(name: container.spec.name, id: container.id, timeout: options.timeout), [.requested("down")], after: before)
          stops.insert(stop)
          after = [stop]
        }
        removals[container.id] = steps.add(
          .removeContainer(name: container.spec.name, id: container.id, volumes: options.volumes), [.requested("down")], after: after)
      }
      stopped[service] = stops.isEmpty ? before : stops
    }
  }

  /// A container whose service is not in the file. One whose profile is not active is no orphan.
  private func isOrphan(_ container: ObservedContainer) -> Bool {
    if let declared = options.declared { return !declared.contains(container.spec.service) }
    guard let stack = planner.desired else { return false }
    return stack.services[container.spec.service] == nil && stack.disabledServices[container.spec.service] == nil
  }

  private mutating func removeNetworks() {
    for network in observed.networks where network.project == planner.project && !network.requested.isExternal {
      let name = network.definition.name
      if let user = staying.first(where: { $0.isUp && $0.spec.options.networkNames.contains(name) }) {
        notes.append("network \(name) is still in use by \(user.spec.name)")
        continue
      }
      let kept = observed.containers.filter { $0.keptNetwork?.networks.contains(name) == true }.compactMap { removals[$0.id] }
      steps.add(.removeNetwork(name), [.requested("down")], after: removals(of: { $0.networkNames.contains(name) }).union(kept))
    }
  }

  private mutating func removeVolumes() {
    for volume in observed.volumes where volume.project == planner.project && !volume.definition.isExternal {
      let name = volume.definition.name
      if planner.desired?.volumes[name]?.isExternal == true { continue }
      // A container takes its anonymous volumes along; only those that none has are left.
      if volume.isAnonymous, observed.containers.contains(where: { $0.anonymousVolumes.values.contains(name) }) { continue }
      if !isWhole, !isOnly(ofRemoved: name) || volume.isAnonymous { continue }
      if let user = staying.first(where: { $0.spec.options.volumeNames.contains(name) }) {
        notes.append("volume \(name) is still in use by \(user.spec.name)")
        continue
      }
      steps.add(.removeVolume(name), [.requested("down --volumes")], after: removals(of: { $0.volumeNames.contains(name) }))
    }
  }

  /// Whether only services that are being removed use the volume.
  private func isOnly(ofRemoved volume: VolumeName) -> Bool {
    let named = Set(options.services)
    let all = planner.desired.map { $0.servicesAndJobs.merging($0.disabledServicesAndJobs) { first, _ in first } } ?? [:]
    let users = Set(all.values.filter { $0.options.volumeNames.contains(volume) }.map(\.name))
      .union(observed.containers.filter { $0.spec.options.volumeNames.contains(volume) }.map(\.spec.service))
    return !users.isEmpty && users.isSubset(of: named)
  }

  private mutating func removeImages(_ which: DownOptions.Images) {
    let all = planner.desired.map { $0.servicesAndJobs.merging($0.disabledServicesAndJobs) { first, _ in first } } ?? [:]
    let named = Set(options.services)
    var references: Set<String> = []
    for service in all.values where isWhole || named.contains(service.name) {
      let isLocal = service.build != nil && isDefaultName(service.image, of: service.name)
      if which == .all || isLocal { references.insert(service.image) }
    }
    for container in observed.containers where removals[container.id] != nil {
      if which == .all || isDefaultName(container.spec.image, of: container.spec.service) { references.insert(container.spec.image) }
    }
    for reference in references.sorted() {
      guard let image = observed.images[reference] else { continue }
      if let user = staying.first(where: { $0.imageID == image }) {
        notes.append("image \(reference) is still in use by \(user.spec.name)")
        continue
      }
      steps.add(
        .removeImage(reference: reference), [.requested("down --rmi \(which.rawValue)")],
        after: Set(observed.containers.filter { $0.imageID == image }.compactMap { removals[$0.id] }))
    }
  }

  /// The name that a built image gets when the file gives it none.
  private func isDefaultName(_ image: String, of service: ServiceName) -> Bool {
    image == "\(planner.project)-\(service)" || image == "\(planner.project)-\(service):latest"
  }

  /// The steps after which nothing uses any more what such containers use, and jobs, which would make some.
  private func removals(of isUser: (ContainerOptions) -> Bool) -> Set<Int> {
    let jobs = (observed.jobs ?? []).filter { isUser($0.job.definition.options) }.compactMap { jobRemovals[$0.name] }
    return Set(observed.containers.filter { isUser($0.spec.options) }.compactMap { removals[$0.id] }).union(jobs)
  }
}
