/// A value that the engine keeps in its database: one row, found by its key.
public protocol StoredRecord: Codable, Sendable {
  /// The table's name: `[a-z_]+`, one of `StateStore.tables`.
  static var table: String { get }
  /// Unique in the table.
  var key: String { get }
}
