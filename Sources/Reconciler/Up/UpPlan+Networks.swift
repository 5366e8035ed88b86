import StackModel

extension UpPlan {
  /// The networks that the selected services and the jobs are on, in order of name.
  var neededNetworks: [NetworkName] {
    Set(users.flatMap { $0.options.networkNames }).union(options.allResources == true ? Set(stack.networks.keys) : []).sorted()
  }

  private var neededVolumes: [VolumeName] {
    Set(users.flatMap { $0.options.volumeNames }).union(options.allResources == true ? Set(stack.volumes.keys) : []).sorted()
  }

  /// The selected services, and the jobs.
  private var users: [Service] { selected.sorted().compactMap { stack.services[$0] } + jobDefinitions }

  /// Checks that the networks are this project's, or external and there; finds out which have to be made anew.
  mutating func compareNetworks() throws(PlanningError) {
    let found = Dictionary(observed.networks.map { ($0.definition.name, $0) }, uniquingKeysWith: { first, _ in first })
    for name in neededNetworks {
      guard let wanted = stack.networks[name] else {
        throw refusal({ $0.networkNames.contains(name) }, "the network \"\(name)\" is not declared under networks")
      }
      guard let existing = found[name] else {
        if wanted.isExternal {
          throw refusal(
            { $0.networkNames.contains(name) }, "network \(name) is declared as external, but could not be found",
            hint: "bring up the project that it belongs to, or take `external: true` away")
        }
        continue
      }
      guard !wanted.isExternal else { continue }
      guard existing.project == project else {
        throw refusal(
          { $0.networkNames.contains(name) },
          "network \(name) exists and is not this project's" + (existing.project.map { ", but \($0)'s" } ?? ""),
          hint: "say `external: true` to use it, or give this one another `name`")
      }
      let changes = existing.requested.changes(to: wanted)
      if !changes.isEmpty, !options.noRecreate { networkChanges[name] = changes }
      if !changes.isEmpty, options.noRecreate {
        notes.append(
          "network \(name) is left as it is (--no-recreate), although its definition changed: \(changes.map(\.description).joined(separator: ", "))"
        )
      }
    }
  }

  /// An error about something that services use, told at the first service that does.
  private func refusal(_ isUsed: (ContainerOptions) -> Bool, _ message: String, hint: String? = nil) -> PlanningError {
    let user = users.first { isUsed($0.options) }
    return user.map { PlanningError($0, message, hint: hint) } ?? PlanningError(message, hint: hint)
  }

  /// A network cannot be made anew under a container that this plan leaves alone.
  func checkLeftOnChangedNetworks() throws(PlanningError) {
    guard !networkChanges.isEmpty else { return }
    let leaving = Set(departures.map(\.container.id)).union(replicas.values.joined().compactMap { $0.isMade ? $0.current?.id : nil })
    for container in observed.containers where container.isUp && !leaving.contains(container.id) {
      for name in container.spec.options.networkNames where networkChanges[name] != nil {
        throw PlanningError(
          "network \(name) has to be made anew, and \(container.spec.name), which this command does not touch, is on it",
          hint: container.spec.isOneOff ? "end that container first" : "remove it with --remove-orphans")
      }
    }
  }

  mutating func addNetworks() {
    let found = Set(observed.networks.lazy.map(\.definition.name))
    for name in neededNetworks {
      guard let wanted = stack.networks[name], !wanted.isExternal else { continue }
      if let changes = networkChanges[name] {
        let users = observed.containers.filter { $0.spec.options.networkNames.contains(name) }
        let keepers = observed.containers.filter { $0.keptNetwork?.networks.contains(name) == true }
        let freed = users.compactMap { earlyRemovals[$0.id] } + keepers.compactMap { earlyStops[$0.id] }
        let removed = steps.add(.removeNetwork(name), [.changed(changes)], after: Set(freed))
        networkSteps[name] = steps.add(.createNetwork(wanted), [.changed(changes)], after: [removed])
      } else if !found.contains(name) {
        networkSteps[name] = steps.add(.createNetwork(wanted), [.absent])
      }
    }
  }

  /// Creates volumes that are absent. One that is there is never touched: its content is worth more than its definition.
  mutating func addVolumes() throws(PlanningError) {
    let found = Dictionary(observed.volumes.map { ($0.definition.name, $0) }, uniquingKeysWith: { first, _ in first })
    for name in neededVolumes {
      guard let wanted = stack.volumes[name] else {
        throw refusal({ $0.volumeNames.contains(name) }, "the volume \"\(name)\" is not declared under volumes")
      }
      guard let existing = found[name] else {
        if wanted.isExternal {
          throw refusal(
            { $0.volumeNames.contains(name) }, "volume \(name) is declared as external, but could not be found",
            hint: "bring up the project that it belongs to, or take `external: true` away")
        }
        volumeSteps[name] = steps.add(.createVolume(wanted), [.absent])
        continue
      }
      if let problem = existing.problem { notes.append(problem) }
      guard !wanted.isExternal else { continue }
      if existing.project != project {
        notes.append(
          "volume \(name) already exists" + (existing.project.map { " and was made for the project \($0)" } ?? "")
            + "; it is used as it is. Say `external: true` if that is meant")
      } else {
        let changes = existing.definition.changes(to: wanted)
        if !changes.isEmpty {
          notes.append(
            "volume \(name) is kept as it is, with its data, although its definition changed (\(changes.map(\.description).joined(separator: ", "))). "
              + "To have it anew: `muster down -v`, which deletes the data; to keep both: give this one another `name`")
        }
      }
    }
  }
}
