import Backend
import Cgroups
import ContainerRuntime
import Networking
import OCI
import Reconciler
import StackModel
import StateStore
import Synchronization

/// One container: what is known of it, and the one place that changes it.
///
/// Starting, stopping and removing go through `LocalBackend.containerGate`, one at a time; its end is noticed at any moment.
actor Container {
  nonisolated let id: ContainerID
  /// As it was made, with the fingerprints of what it was given since.
  nonisolated var spec: ContainerSpec { currentSpec.withLock { $0 } }
  private let currentSpec: Mutex<ContainerSpec>
  let engine: LocalBackend
  var record: ContainerRecord
  /// While its first process lives.
  var running: Running?
  var health: HealthMachine?
  /// It gets connections that others can take once a check has succeeded.
  var hasHealthcheck = false
  /// A process of it that was killed and does not end.
  var stuck: Int32?
  /// What it asks for and did not get at its last start.
  var warnings: [String] = []
  /// What is wrong with volumes that it has, while it runs.
  var volumeProblems: [VolumeName: String] = [:]
  /// What its /etc/hosts says of `links`: alias → address.
  var linkedAddresses: [String: String] = [:]
  /// The engine is at its end: whoever comes next decides.
  var isAbandoned = false
  /// It is being stopped to be started again after this; nil: not by the engine.
  var restartsAfterStop: Duration?
  /// And not before what it depends on is there.
  var waitsAfterStop = false
  /// A restart that its policy has asked for and that has not begun.
  var pendingRestart: Task<Void, Never>?
  /// Its record is being deleted, or is: whatever is still told of it is not written down.
  private(set) var isGone = false
  private var lastWrite: Task<Void, any Error>?
  private var changeWaiters: [UInt64: CheckedContinuation<Void, Never>] = [:]
  private var nextWaiter: UInt64 = 0

  /// What exists only while the first process lives.
  struct Running: Sendable {
    var shim: Shim
    var cgroup: (any Cgroup)?
    /// For measuring how long it ran.
    var since: ContinuousClock.Instant
    /// Waits for the end.
    var watch: Task<Void, Never>?
    /// Probes the health.
    var probe: Task<Void, Never>?
  }

  init(record: ContainerRecord, engine: LocalBackend) {
    id = record.id
    currentSpec = Mutex(record.spec)
    self.record = record
    self.engine = engine
  }

  /// As a planner sees it.
  var observed: ObservedContainer {
    ObservedContainer(
      id: id, spec: spec, imageID: record.imageID, state: record.state, health: running == nil ? nil : health?.state,
      exitCode: record.exitCode, wasOutOfMemory: record.wasOutOfMemory, wasStopped: record.wasStopped ? true : nil,
      createdAt: record.createdAt, startedAt: record.startedAt,
      finishedAt: record.finishedAt, restarts: record.restart.count, ports: record.ports,
      addresses: running == nil
        ? [:] : Dictionary(record.endpoints.map { ($0.network, $0.anyAddress) }, uniquingKeysWith: { first, _ in first }),
      anonymousVolumes: record.anonymousVolumes, pid: running?.shim.pid,
      stuckPID: running == nil ? nil : stuck, command: record.command,
      remark: volumeProblems.min { $0.key.rawValue < $1.key.rawValue }?.value ?? record.remark, attached: record.attached,
      joinedNetwork: runningNetworkOwner,
      keptNetwork: runningHeldNetwork.map { KeptNetwork(container: $0.name, networks: $0.endpoints.map(\.network)) })
  }

  /// Other contents of its secrets and configs, which are the same places.
  func change(spec: ContainerSpec) {
    currentSpec.withLock { $0 = spec }
    record.spec = spec
  }

  /// Writes the record down, after what was written before: the last word is the one that stays. A container that is removed has none.
  func persist() async throws {
    guard !isGone else { return }
    let (record, before) = (record, lastWrite)
    let write = Task {
      _ = await before?.result
      try await engine.store.put(record)
    }
    lastWrite = write
    try await write.value
  }

  /// Takes the record away, for good.
  func deleteRecord() async throws {
    isGone = true
    _ = await lastWrite?.result
    do { try await engine.store.delete(ContainerRecord.self, key: record.key) } catch {
      isGone = false
      throw error
    }
  }

  /// Tells everyone who waits and listens that something changed.
  func announce(_ what: Event.ContainerChange.What) {
    engine.generation.advance()
    engine.log.append(
      .container(
        .init(id: id, name: spec.name, service: spec.service, what: what, image: spec.image, labels: spec.shownLabels)),
      project: spec.project)
    let waiters = changeWaiters.values
    changeWaiters = [:]
    for waiter in waiters { waiter.resume() }
  }

  /// Returns at the next change, at the deadline, or when the task is cancelled.
  func nextChange(before deadline: ContinuousClock.Instant? = nil) async {
    let waiter = nextWaiter
    nextWaiter += 1
    let timer = deadline.map { deadline in
      Task { [weak self] in
        try? await Task.sleep(until: deadline, clock: .continuous)
        await self?.wake(waiter)
      }
    }
    await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in
        if Task.isCancelled {
          continuation.resume()
        } else {
          changeWaiters[waiter] = continuation
        }
      }
    } onCancel: {
      Task { await self.wake(waiter) }
    }
    timer?.cancel()
  }

  private func wake(_ waiter: UInt64) { changeWaiters.removeValue(forKey: waiter)?.resume() }
}
