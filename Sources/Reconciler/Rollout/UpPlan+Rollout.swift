public import StackModel

extension UpPlan {
  /// Replaces the containers of a service batch by batch, each after the one before has proved itself (`deploy.update_config`).
  ///
  /// - Returns: those that are not part of it: new ones, those that stay, and those that had to go before anything else.
  mutating func addRollout(of name: ServiceName, _ replicas: [Replica], ready: Set<Int>) -> [Replica] {
    guard options.starts, let service = stack.services[name], let rules = RolloutRules(service, isRollback: options.isRollback == true)
    else { return replicas }
    let rolled = replicas.filter { replica in
      guard case .recreate = replica.fate, let current = replica.current else { return false }
      return !early.contains(current.id)
    }
    guard !rolled.isEmpty else { return replicas }
    let batches = rules.batches(rolled)
    var (before, ends, tried) = (ready, Set<Int>(), 0)
    for (index, mine) in batches.enumerated() {
      var batch = RolloutBatch(
        service: name, number: index + 1, count: batches.count, containers: mine.map(\.spec.name), successors: [],
        tried: tried + mine.count,
        total: rolled.count, failureAction: rules.failureAction, maximumFailureRatio: rules.maximumFailureRatio,
        isRollback: rules.isRollback)
      tried = batch.tried
      for replica in mine {
        guard let current = replica.current else { continue }
        if rules.startsFirst, current.isUp, let obstacle = obstacle(to: replica, beside: current) {
          let note = "\(name): order start-first is not possible: \(obstacle); its containers stop first"
          if !notes.contains(note) { notes.append(note) }
        } else if rules.startsFirst, current.isUp {
          let successor = current.successorName
          batch.successors.append(successor)
          ends.insert(addSuccession(of: replica, current, as: successor, rules, after: before))
          continue
        }
        ends.insert(addReplacement(of: replica, current, rules, after: before))
      }
      let reasons = mine.first?.reasons ?? []
      var gate = steps.add(.settleBatch(batch), reasons, after: before, afterEnd: ends)
      // Whoever waits for the service waits for the whole of it.
      startSteps[name, default: []].insert(gate)
      if let delay = rules.delay, index + 1 < batches.count { gate = steps.add(.delayBatch(name, delay), reasons, after: [gate]) }
      before = [gate]
    }
    let names = Set(rolled.map(\.spec.name))
    return replicas.filter { !names.contains($0.spec.name) }
  }

  /// The new one beside the old one, which goes once the new one has proved itself. Returns the last step.
  private mutating func addSuccession(
    of replica: Replica, _ current: ObservedContainer, as successor: String, _ rules: RolloutRules, after before: Set<Int>
  ) -> Int {
    let reasons = replica.reasons
    let made = steps.add(
      .createSuccessor(
        replica.spec, name: successor, anonymousVolumes: keptVolumes(of: current, in: replica.spec)), reasons,
      after: before.union(resources(of: replica)).union(freedNames[successor].map { [$0] } ?? []))
    createSteps[replica.spec.service, default: []].insert(made)
    let started = steps.add(.startContainer(name: successor), reasons, after: [made])
    let watched = steps.add(
      .watchContainer(name: successor, service: replica.spec.service, monitor: watch(of: replica, rules)), reasons, after: [started])
    let over = steps.add(
      .handOver(name: replica.spec.name, id: current.id, successor: successor), reasons, after: nameFreed(for: replica).union([watched]))
    let drained = steps.add(.drainContainer(name: successor, id: current.id, timeout: options.timeout), reasons, after: [over])
    let stopped = steps.add(.stopContainer(name: successor, id: current.id, timeout: options.timeout), reasons, after: [drained])
    return steps.add(.removeContainer(name: successor, id: current.id, volumes: false), reasons, after: [stopped])
  }

  /// The new one in the place of the old one, which goes before. Returns the last step.
  private mutating func addReplacement(
    of replica: Replica, _ current: ObservedContainer, _ rules: RolloutRules, after before: Set<Int>
  ) -> Int {
    let (name, reasons) = (replica.spec.name, replica.reasons)
    let ready = before.union(imageStep(of: replica))
    let removed = addLateRemoval(current, reasons, ready: ready)
    let made = steps.add(
      .createContainer(replica.spec, anonymousVolumes: keptVolumes(of: current, in: replica.spec)), reasons,
      after: resources(of: replica).union(nameFreed(for: replica)).union([removed]))
    createSteps[replica.spec.service, default: []].insert(made)
    let started = steps.add(.startContainer(name: name), reasons, after: [made])
    return steps.add(
      .watchContainer(name: name, service: replica.spec.service, monitor: watch(of: replica, rules)), reasons, after: [started])
  }

  private func nameFreed(for replica: Replica) -> Set<Int> { freedNames[replica.spec.name].map { [$0] } ?? [] }

  private func watch(of replica: Replica, _ rules: RolloutRules) -> Timespan? {
    rules.watch(hasHealthcheck: stack.services[replica.spec.service]?.hasHealthcheck ?? false)
  }

  /// What two containers of a service cannot both have at one time; nil: nothing is in the way.
  func obstacle(to replica: Replica, beside current: ObservedContainer) -> String? {
    for options in [replica.spec.options, current.spec.options] {
      switch options.network {
      case .bridges(let attachments):
        if attachments.contains(where: { $0.address != nil || $0.address6 != nil || $0.mac != nil }) {
          return "it has an address of its own"
        }
      case .host: return "it is on the host's network"
      case .service, .container: return "it shares the network of another container"
      case .none: break
      }
    }
    if let sharer = sharer(ofNetwork: replica.spec.service) { return "\(sharer) stays in its network" }
    return nil
  }
}

extension ObservedContainer {
  /// The name of the container that comes to take its place, and its own once that has happened: as Compose's, `0123456789ab_shop-web-1`.
  var successorName: String { ContainerSpec.successorName(of: spec.name, id) }
}

extension ContainerSpec {
  /// What a container is called that is started beside the one that has the name.
  public static func successorName(of name: String, _ id: ContainerID) -> String { "\(id.rawValue.prefix(12))_\(name)" }
}
