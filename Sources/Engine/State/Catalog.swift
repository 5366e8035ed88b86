import Backend
import StackModel
import StateStore

/// The engine's networks, volumes and stacks: in memory for reading, in the database before a change counts.
actor Catalog {
  private let store: StateStore
  private var networkRows: [NetworkName: NetworkRow]
  private var volumeRows: [VolumeName: VolumeRow]
  private var stackRows: [ProjectName: StackRow]
  private var initRows: [String: InitRow]
  private var buildRows: [String: BuildRow]
  /// Of each project, the oldest first.
  private var revisionRows: [ProjectName: [RevisionRow]]
  private var failedUpdateRows: [String: FailedUpdateRow]

  /// Reads what an earlier engine wrote; `damaged` names records that could not be read, which stay where they are.
  init(store: StateStore) async throws {
    self.store = store
    let networks = try await store.all(NetworkRow.self)
    let volumes = try await store.all(VolumeRow.self)
    let stacks = try await store.all(StackRow.self)
    let steps = try await store.all(InitRow.self)
    let builds = try await store.all(BuildRow.self)
    let revisions = try await store.all(RevisionRow.self)
    let failedUpdates = try await store.all(FailedUpdateRow.self)
    networkRows = Dictionary(networks.records.map { ($0.requested.name, $0) }, uniquingKeysWith: { _, last in last })
    volumeRows = Dictionary(volumes.records.map { ($0.definition.name, $0) }, uniquingKeysWith: { _, last in last })
    stackRows = Dictionary(stacks.records.map { ($0.stack.name, $0) }, uniquingKeysWith: { _, last in last })
    // One that cannot be read is run again.
    initRows = Dictionary(steps.records.map { ($0.name, $0) }, uniquingKeysWith: { _, last in last })
    // Of one that cannot be read nothing is known.
    buildRows = Dictionary(builds.records.map { ($0.reference, $0) }, uniquingKeysWith: { _, last in last })
    // One that cannot be read is tried once more.
    failedUpdateRows = Dictionary(failedUpdates.records.map { ($0.key, $0) }, uniquingKeysWith: { _, last in last })
    revisionRows = Dictionary(grouping: revisions.records, by: \.desired.stack.name)
      .mapValues { $0.sorted { $0.revision.number < $1.revision.number } }
    damaged =
      networks.damaged.map { "network \($0)" } + volumes.damaged.map { "volume \($0)" } + stacks.damaged.map { "stack \($0)" }
      + revisions.damaged.map { "revision \($0)" }
  }

  let damaged: [String]

  func networks() -> [NetworkRow] { networkRows.values.sorted { $0.requested.name < $1.requested.name } }
  func network(_ name: NetworkName) -> NetworkRow? { networkRows[name] }
  func volumes() -> [VolumeRow] { volumeRows.values.sorted { $0.definition.name < $1.definition.name } }
  func volume(_ name: VolumeName) -> VolumeRow? { volumeRows[name] }
  func stacks() -> [StackRow] { stackRows.values.sorted { $0.stack.name < $1.stack.name } }
  func stack(_ project: ProjectName) -> StackRow? { stackRows[project] }

  /// The oldest first.
  func revisions(_ project: ProjectName) -> [RevisionRow] { revisionRows[project] ?? [] }

  /// One more, or the newest in other words; the oldest go that are too many.
  func put(_ row: RevisionRow) async throws {
    try await store.put(row)
    var rows = revisionRows[row.desired.stack.name] ?? []
    if rows.last?.revision.number == row.revision.number { rows.removeLast() }
    rows.append(row)
    let surplus = rows.prefix(max(0, rows.count - RevisionRow.limit))
    rows.removeFirst(surplus.count)
    revisionRows[row.desired.stack.name] = rows
    for old in surplus { try await store.delete(RevisionRow.self, key: old.key) }
  }

  func failedUpdate(of service: ServiceName, in project: ProjectName) -> FailedUpdateRow? { failedUpdateRows["\(project)/\(service)"] }

  func put(_ row: FailedUpdateRow) async throws {
    guard failedUpdateRows[row.key] != row else { return }
    try await store.put(row)
    failedUpdateRows[row.key] = row
  }

  func forgetFailedUpdate(of service: ServiceName, in project: ProjectName) async throws {
    guard let row = failedUpdate(of: service, in: project) else { return }
    try await store.delete(FailedUpdateRow.self, key: row.key)
    failedUpdateRows[row.key] = nil
  }

  func build(_ reference: String) -> BuildRow? { buildRows[reference] }

  func put(_ row: BuildRow) async throws {
    guard buildRows[row.reference] != row else { return }
    try await store.put(row)
    buildRows[row.reference] = row
  }

  func initStep(_ name: String) -> InitRow? { initRows[name] }

  func put(_ row: InitRow) async throws {
    try await store.put(row)
    initRows[row.name] = row
  }

  /// Init steps of a project's services that are to be run again.
  func forgetInitSteps(of project: ProjectName, where isMeant: @Sendable (ServiceName) -> Bool) async throws {
    for row in initRows.values where row.spec.project == project && isMeant(row.spec.service) {
      initRows[row.name] = nil
      try await store.delete(InitRow.self, key: row.key)
    }
  }

  func put(_ row: NetworkRow) async throws {
    try await store.put(row)
    networkRows[row.requested.name] = row
  }

  func put(_ row: VolumeRow) async throws {
    try await store.put(row)
    volumeRows[row.definition.name] = row
  }

  /// Writes only what differs.
  func put(_ row: StackRow) async throws {
    guard stackRows[row.stack.name] != row else { return }
    try await store.put(row)
    stackRows[row.stack.name] = row
  }

  func remove(network name: NetworkName) async throws {
    networkRows[name] = nil
    try await store.delete(NetworkRow.self, key: name.rawValue)
  }

  func remove(volume name: VolumeName) async throws {
    try await store.delete(VolumeRow.self, key: name.rawValue)
    volumeRows[name] = nil
  }

  func remove(stack project: ProjectName) async throws {
    stackRows[project] = nil
    try await store.delete(StackRow.self, key: project.rawValue)
    for row in revisionRows.removeValue(forKey: project) ?? [] { try await store.delete(RevisionRow.self, key: row.key) }
    for row in failedUpdateRows.values where row.project == project { try await forgetFailedUpdate(of: row.service, in: project) }
  }
}
