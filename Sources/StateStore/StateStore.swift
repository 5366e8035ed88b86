import Foundation
import GRDB

/// The engine's memory: facts that have happened and intents that will be retried, in one SQLite file (WAL).
///
/// Rows are JSON under a key, because a record is always read and written whole; the engine's own types decide its shape.
/// A commit survives the engine's death at any moment. A power cut may lose those of the last moments (some 50 ms, and what the disk takes), and never
/// tears one: nobody waits for the disk (`synchronous=NORMAL`), but it is written to at once.
public final class StateStore: Sendable {
  private let database: DatabaseQueue
  private let sync: LogSync
  /// Every table there is. A later version adds, never renames.
  public static let tables = [
    "containers", "networks", "volumes", "stacks", "init_steps", "builds", "revisions", "jobs", "job_runs", "failed_updates",
  ]
  /// Raised when an older engine could not read what a newer one wrote.
  public static let schemaVersion = 1

  /// Opens or makes the database. Throws `StateStoreError.newer` for one written by a later version, which is left untouched.
  public init(path: String) throws {
    var configuration = Configuration()
    configuration.prepareDatabase { database in
      try database.execute(sql: "PRAGMA journal_mode = WAL")
      try database.execute(sql: "PRAGMA synchronous = NORMAL")
    }
    let queue = try DatabaseQueue(path: path, configuration: configuration)
    try queue.write { database in
      let found = try Int.fetchOne(database, sql: "PRAGMA user_version") ?? 0
      guard found <= Self.schemaVersion else { throw StateStoreError.newer(found: found, known: Self.schemaVersion) }
      for table in Self.tables {
        try database.execute(sql: "CREATE TABLE IF NOT EXISTS \(table) (key TEXT PRIMARY KEY NOT NULL, value BLOB NOT NULL) WITHOUT ROWID")
      }
      try database.execute(sql: "PRAGMA user_version = \(Self.schemaVersion)")
    }
    database = queue
    sync = try LogSync(database: path)
  }

  /// Writes or replaces the record.
  public func put<Value: StoredRecord>(_ record: Value) async throws {
    let bytes = try JSONEncoder().encode(record)
    try await write { database in
      try database.execute(
        sql: "INSERT INTO \(Value.table) (key, value) VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value",
        arguments: [record.key, bytes])
    }
  }

  /// Writes or replaces all of the records, or none.
  public func put<Value: StoredRecord>(_ records: [Value]) async throws {
    let encoder = JSONEncoder()
    let rows = try records.map { (key: $0.key, bytes: try encoder.encode($0)) }
    try await write { database in
      for row in rows {
        try database.execute(
          sql: "INSERT INTO \(Value.table) (key, value) VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value",
          arguments: [row.key, row.bytes])
      }
    }
  }

  /// Removes the record; one that is not there is fine.
  public func delete<Value: StoredRecord>(_ type: Value.Type, key: String) async throws {
    try await write { database in
      try database.execute(sql: "DELETE FROM \(Value.table) WHERE key = ?", arguments: [key])
    }
  }

  /// Every record of the type, by key. One that cannot be read is named in `damaged` and left where it is.
  public func all<Value: StoredRecord>(_ type: Value.Type) async throws -> (records: [Value], damaged: [String]) {
    let rows = try await database.read { database in
      try Row.fetchAll(database, sql: "SELECT key, value FROM \(Value.table) ORDER BY key").map { row in
        (key: row["key"] as String, value: row["value"] as Data)
      }
    }
    var records: [Value] = []
    var damaged: [String] = []
    let decoder = JSONDecoder()
    for row in rows {
      if let record = try? decoder.decode(Value.self, from: row.value) {
        records.append(record)
      } else {
        damaged.append(row.key)
      }
    }
    return (records, damaged)
  }

  /// A write happens also when the task that asks for it is cancelled: what it tells of has happened.
  private func write(_ change: @escaping @Sendable (Database) throws -> Void) async throws {
    let database = database
    try await Task { try await database.write(change) }.value
    sync.committed()
    if let failure = sync.lastFailure() { throw failure }
  }

  /// Writes what is in the log back into the file and closes it.
  public func close() throws {
    sync.finish()
    try database.close()
  }
}

/// What opening the database may find.
public enum StateStoreError: Error, Equatable, CustomStringConvertible {
  case newer(found: Int, known: Int)
  /// The kernel's word on a file.
  case system(String)
  public var description: String {
    switch self {
    case .newer(let found, let known):
      "the state was written by a newer Muster (format \(found), this one knows \(known)); it is left untouched: use the newer version"
    case .system(let reason): reason
    }
  }
}
