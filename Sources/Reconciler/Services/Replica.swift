public import StackModel

/// One container of a service: what shall be, what is, and what happens to it.
struct Replica {
  enum Fate {
    case keep
    /// Runs on, with other contents of its secrets and configs.
    case renew([Reason])
    /// Exists and does not run.
    case start([Reason])
    /// Runs, and has to stop while something that it needs is replaced.
    case restart([Reason])
    case recreate([Reason])
    case create([Reason])
  }
  var spec: ContainerSpec
  var current: ObservedContainer?
  var fate: Fate
  /// What of a container that stays changes in place, before anything else happens to it.
  var updates: [FieldChange] = []
  /// Whether it runs afterwards.
  var starts = true
  /// It has done its work and is left alone.
  var isDone = false

  /// Stays, but for files and what changes in place.
  var isKept: Bool {
    switch fate {
    case .keep, .renew: true
    case .start, .restart, .recreate, .create: false
    }
  }

  /// A new container takes its place.
  var isMade: Bool {
    switch fate {
    case .create, .recreate: true
    case .keep, .renew, .start, .restart: false
    }
  }

  /// Nothing at all happens to it.
  var isUntouched: Bool {
    if case .keep = fate { updates.isEmpty } else { false }
  }

  /// It has another check of health afterwards, and counts as starting.
  var changesHealthcheck: Bool { updates.contains { $0.path.hasPrefix("healthcheck") } }

  /// The container that exists goes, or stops for a while.
  var isInterrupted: Bool {
    switch fate {
    case .recreate, .restart: true
    case .keep, .renew, .start, .create: false
    }
  }

  var reasons: [Reason] {
    switch fate {
    case .keep: []
    case .renew(let reasons), .start(let reasons), .restart(let reasons), .recreate(let reasons), .create(let reasons): reasons
    }
  }
}

extension Service {
  /// The spec of one of the service's containers, which are counted from 1.
  public func container(_ number: Int, of project: ProjectName) -> ContainerSpec {
    ContainerSpec(
      project: project, service: name, number: number, name: containerName ?? "\(project)-\(name)-\(number)", image: image, options: options
    )
  }

  /// Waits for no end: it does its work and ends.
  var runsOnce: Bool {
    switch options.restart {
    case .no, .onFailure: true
    case .always, .unlessStopped: false
    }
  }

  /// Whether the stack file gives it a check of health.
  var hasHealthcheck: Bool {
    guard let check = options.healthcheck else { return false }
    return check.test != ["NONE"]
  }
}

extension ContainerSpec {
  /// Without saying what its secrets, configs and mounted files contain.
  var withoutContents: ContainerSpec {
    var copy = self
    for index in copy.options.secrets.indices { copy.options.secrets[index].fingerprint = nil }
    for index in copy.options.configs.indices { copy.options.configs[index].fingerprint = nil }
    for index in copy.options.mounts.indices { copy.options.mounts[index].fingerprint = nil }
    return copy
  }
}

extension ContainerSpec {
  /// With the secrets and configs that another one has been given: files are replaced in a step of their own.
  func withContents(of other: ContainerSpec) -> ContainerSpec {
    var copy = self
    copy.options.secrets = options.secrets.withContents(of: other.options.secrets)
    copy.options.configs = options.configs.withContents(of: other.options.configs)
    return copy
  }
}

extension [FileGrant] {
  fileprivate func withContents(of others: [FileGrant]) -> [FileGrant] {
    map { grant in
      var grant = grant
      grant.fingerprint = others.first { $0.source == grant.source && $0.target == grant.target }?.fingerprint ?? grant.fingerprint
      return grant
    }
  }
}

extension ContainerOptions {
  /// The services whose namespaces it shares: it cannot outlive their containers.
  var namespaceOwners: Set<ServiceName> {
    var owners: Set<ServiceName> = []
    if case .service(let name) = network { owners.insert(name) }
    if case .service(let name)? = pidOwner { owners.insert(name) }
    if case .of(.service(let name))? = ipc { owners.insert(name) }
    return owners
  }

  /// The services whose volumes it has taken over.
  var volumeOwners: Set<ServiceName> {
    Set((volumesFrom ?? []).compactMap { if case .service(let name) = $0.source { name } else { nil } })
  }

  var networkNames: [NetworkName] {
    if case .bridges(let attachments) = network { attachments.map(\.network) } else { [] }
  }

  var volumeNames: [VolumeName] {
    mounts.compactMap { if case .volume(let name) = $0.source { name } else { nil } }
  }
}

extension ObservedContainer {
  /// Has processes, or will have by its restart policy.
  var isUp: Bool { state == .running || state == .paused || state == .restarting }
  var hasSucceeded: Bool { state == .exited && exitCode == 0 }
}
