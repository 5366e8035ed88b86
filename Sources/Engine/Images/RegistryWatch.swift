import Backend
import ImageStore
import OCI
import Reconciler
import StackModel

/// Looks after services with `x-muster.update`: asks registries whether the images' tags stand for others by now, tells it, and with `auto` has the containers
/// replaced.
///
/// With `auto` what counts is that containers run another image than their tag stands for here, not that a pull has just brought one: an engine that dies between
/// the pull and the update, or half-way through it, is followed by one that goes on. An update that has failed is begun again by no engine
/// until the tag has moved once more or somebody brings the service up.
///
/// Nobody is there whose credentials could be used: registries are asked as anybody may ask them. A service whose update was taken back is fixed to the image
/// that it went back to, and left alone until it is brought up again.
actor RegistryWatch {
  private struct Key: Hashable {
    var project: ProjectName
    var service: ServiceName
  }
  private struct Entry {
    var image: String
    /// When it is asked for next, in nanoseconds since 1970.
    var next: Int64
    var failures: Int64 = 0
    /// What was told last: the same is not told again.
    var told: String?
  }
  private let clock: any JobClock
  private var entries: [Key: Entry] = [:]
  /// Those that are being looked after: one that takes long keeps no other waiting.
  private var busy: Set<ProjectName> = []

  init(clock: any JobClock) { self.clock = clock }

  /// Goes on until the task is cancelled.
  func keepLooking(_ engine: LocalBackend) async {
    await withDiscardingTaskGroup { group in
      while !Task.isCancelled {
        for (project, services) in await behind(engine) { group.addTask { await self.catchUp(project, services, engine) } }
        for (project, services) in await due(engine) { group.addTask { await self.look(project, services, engine) } }
        await clock.sleep(for: untilNext())
      }
    }
  }

  /// No longer than a minute: a clock may be set, and stacks come and go.
  private func untilNext() -> Duration {
    let left = (entries.values.map(\.next).min() ?? .max).subtractingReportingOverflow(clock.now())
    return left.overflow ? .seconds(60) : min(max(.nanoseconds(left.partialValue), .seconds(1)), .seconds(60))
  }

  private func due(_ engine: LocalBackend) async -> [(ProjectName, [Service])] {
    let now = clock.now()
    var (known, found): (Set<Key>, [(ProjectName, [Service])]) = ([], [])
    for row in await engine.catalog.stacks() where row.isKept == true {
      let project = row.stack.name
      var due: [Service] = []
      for service in row.stack.services.values.sorted(by: { $0.name < $1.name }) {
        guard let updates = service.options.imageUpdates, updates.policy != .manual, service.followsTag else { continue }
        let key = Key(project: project, service: service.name)
        known.insert(key)
        let interval = updates.pause.nanoseconds
        // Engines that start together do not all ask at once.
        var entry = entries[key] ?? Entry(image: "", next: 0)
        if entry.image != service.image {
          entry = Entry(image: service.image, next: now + Int64.random(in: 0...min(interval, 300_000_000_000)))
        }
        // A clock that was set back, or an interval that has become shorter.
        entry.next = min(entry.next, now + interval + interval / 10)
        entries[key] = entry
        if entry.next <= now { due.append(service) }
      }
      if !due.isEmpty, busy.insert(project).inserted { found.append((project, due)) }
    }
    entries = entries.filter { known.contains($0.key) }
    return found
  }

  private func look(_ project: ProjectName, _ services: [Service], _ engine: LocalBackend) async {
    defer { busy.remove(project) }
    let states: [RemoteImageState]
    do {
      states = try await engine.remoteImages(RemoteImagesRequest(references: services.map(\.image)))
    } catch is CancellationError {
      return
    } catch {
      // The machine's settings about registries cannot be read.
      states = services.map { RemoteImageState(reference: $0.image, failure: "\(error)") }
    }
    var moved: [ServiceName] = []
    for service in services {
      guard let state = states.first(where: { $0.reference == service.image }), let updates = service.options.imageUpdates else { continue }
      if let event = note(state, Key(project: project, service: service.name), updates) { engine.log.append(event, project: project) }
      if state.hasMoved, updates.policy == .auto { moved.append(service.name) }
    }
    await update(moved, project, engine, getsImages: true)
  }

  private func update(_ services: [ServiceName], _ project: ProjectName, _ engine: LocalBackend, getsImages: Bool) async {
    // What somebody has stopped or paused stays so, as what has done its work does, and as many stay as somebody has scaled to.
    var services = services
    var counts: [ServiceName: Int] = [:]
    for container in await engine.containers.all(project) where !container.spec.isOneOff {
      let service = container.spec.service
      if await container.record.takesUpdates { counts[service, default: 0] += 1 } else { services.removeAll { $0 == service } }
    }
    services.removeAll { counts[$0] == nil }
    guard !services.isEmpty, !Task.isCancelled else { return }
    for problem in await replace(services, counts, project, engine, getsImages: getsImages) {
      engine.log.append(.warning("the update of \(problem)"), project: project)
    }
    // Also where nothing could be begun.
    if !Task.isCancelled { await engine.noteUpdates(of: project, tried: Set(services)) }
  }

  /// The services whose containers run another image than was got for their tag, and have not been tried in vain with that one.
  private func behind(_ engine: LocalBackend) async -> [(ProjectName, [ServiceName])] {
    var found: [(ProjectName, [ServiceName])] = []
    for row in await engine.catalog.stacks() where row.isKept == true && !busy.contains(row.stack.name) {
      let project = row.stack.name
      var services: [ServiceName] = []
      for service in row.stack.services.values where service.options.imageUpdates?.policy == .auto && service.followsTag {
        guard let image = await engine.images.resolve(service.image)?.id else { continue }
        guard await engine.catalog.failedUpdate(of: service.name, in: project)?.imageID != image else { continue }
        // What somebody has tagged here is none of a registry's.
        guard let name = try? ImageReference(service.image), await engine.images.lastPull(of: name) != nil else { continue }
        if await isBehind(service, image, project, engine) { services.append(service.name) }
      }
      if !services.isEmpty, busy.insert(project).inserted { found.append((project, services.sorted())) }
    }
    return found
  }

  private func isBehind(_ service: Service, _ image: Digest, _ project: ProjectName, _ engine: LocalBackend) async -> Bool {
    var isBehind = false
    for container in await engine.containers.all(project) where container.spec.service == service.name && !container.spec.isOneOff {
      let record = await container.record
      // One that is still on its way up is looked at next time.
      guard record.takesUpdates else { return false }
      isBehind = isBehind || record.imageID != image && record.spec.image == service.image
    }
    return isBehind
  }

  /// What an engine that has died, or was told to stop, has left undone.
  private func catchUp(_ project: ProjectName, _ services: [ServiceName], _ engine: LocalBackend) async {
    defer { busy.remove(project) }
    await update(services, project, engine, getsImages: false)
  }

  /// When it is asked for next, and what is to be told.
  private func note(_ state: RemoteImageState, _ key: Key, _ updates: ImageUpdates) -> Event.Kind? {
    guard var entry = entries[key] else { return nil }
    defer { entries[key] = entry }
    let interval = updates.pause.nanoseconds
    if let failure = state.failure {
      entry.failures += 1
      entry.next = clock.now() + min(interval, 300_000_000_000 << min(entry.failures - 1, 8))
      guard entry.told != failure else { return nil }
      entry.told = failure
      return .warning("\(key.service): whether there is a newer \(state.reference) is not known: \(failure)")
    }
    entry.failures = 0
    entry.next = clock.now() + interval + Int64.random(in: 0...interval / 10)
    guard state.hasMoved else {
      entry.told = nil
      return nil
    }
    let what = state.remoteDigest?.description ?? state.remoteID?.description ?? ""
    guard entry.told != what else { return nil }
    entry.told = what
    return .thing(ThingChange(.image, "outdated", id: state.reference, name: state.reference, details: ["digest": what]))
  }

  /// As `muster update` does. `getsImages`: those of the registry first. Returns what went wrong.
  private func replace(
    _ services: [ServiceName], _ counts: [ServiceName: Int], _ project: ProjectName, _ engine: LocalBackend, getsImages: Bool
  ) async -> [String] {
    let scale = counts.filter { services.contains($0.key) }
    for operation in (getsImages ? [Operation.gettingMoved(services)] : []) + [.replacing(services, scale: scale)] {
      do {
        let report = try await engine.carryOut(StackRequest(project: project, stack: nil, operation: operation)) { _ in }
        guard report.succeeded else { return report.failures.map { "\($0.subject): \($0.error)" } }
      } catch {
        return ["\(services.map(\.rawValue).joined(separator: ", ")): \(error)"]
      }
    }
    return []
  }
}

extension ContainerRecord {
  /// Whether it runs, or would if it could: one that ends badly is what a newer image may mend.
  fileprivate var takesUpdates: Bool {
    switch state {
    case .running, .restarting: true
    case .exited: !wasStopped && exitCode != 0
    case .created, .paused, .dead: false
    }
  }
}
