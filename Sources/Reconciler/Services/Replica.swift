public import StackModel

/// One container of a service: what shall be, what is, and what happens to it.
struct Replica {
  enum Fate {
    case keep
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
  /// Whether it runs afterwards.
  var starts = true

  var isKept: Bool {
    if case .keep = fate { true } else { false }
  }

  /// A new container takes its place.
  var isMade: Bool {
    switch fate {
    case .create, .recreate: true
    case .keep, .start, .restart: false
    }
  }

  /// The container that exists goes, or stops for a while.
  var isInterrupted: Bool {
    switch fate {
    case .recreate, .restart: true
    case .keep, .start, .create: false
    }
  }

  var reasons: [Reason] {
    switch fate {
    case .keep: []
    case .start(let reasons), .restart(let reasons), .recreate(let reasons), .create(let reasons): reasons
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

extension ContainerOptions {
  /// The service whose network it shares.
  var networkOwner: ServiceName? {
    if case .service(let name) = network { name } else { nil }
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
