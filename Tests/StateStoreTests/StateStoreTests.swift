import Foundation
import GRDB
import StateStore
import Testing

private struct Fruit: StoredRecord, Equatable {
  static let table = "volumes"
  var key: String
  var weight: Int
}

@Suite struct StateStoreTests {
  let path: String = NSTemporaryDirectory() + "muster-state-" + UUID().uuidString + ".db"

  @Test func keepsRecordsOverReopening() async throws {
    defer { for suffix in ["", "-wal", "-shm"] { try? FileManager.default.removeItem(atPath: path + suffix) } }
    let first = try StateStore(path: path)
    try await first.put(Fruit(key: "pear", weight: 1))
    try await first.put(Fruit(key: "pear", weight: 2))
    try await first.put(Fruit(key: "fig", weight: 3))
    try await first.delete(Fruit.self, key: "absent")
    try first.close()
    let second = try StateStore(path: path)
    let found = try await second.all(Fruit.self)
    #expect(found.records == [Fruit(key: "fig", weight: 3), Fruit(key: "pear", weight: 2)])
    #expect(found.damaged.isEmpty)
    try await second.delete(Fruit.self, key: "fig")
    #expect(try await second.all(Fruit.self).records.map(\.key) == ["pear"])
    try second.close()
  }

  @Test func namesADamagedRecordAndReadsTheOthers() async throws {
    defer { for suffix in ["", "-wal", "-shm"] { try? FileManager.default.removeItem(atPath: path + suffix) } }
    let store = try StateStore(path: path)
    try await store.put(Fruit(key: "fig", weight: 3))
    try store.close()
    let raw = try DatabaseQueue(path: path)
    try await raw.write { try $0.execute(sql: "INSERT INTO volumes VALUES ('rotten', x'00')") }
    try raw.close()
    let found = try await StateStore(path: path).all(Fruit.self)
    #expect(found.records == [Fruit(key: "fig", weight: 3)])
    #expect(found.damaged == ["rotten"])
  }

  @Test func refusesWhatANewerVersionWrote() async throws {
    defer { for suffix in ["", "-wal", "-shm"] { try? FileManager.default.removeItem(atPath: path + suffix) } }
    let raw = try DatabaseQueue(path: path)
    try await raw.write { try $0.execute(sql: "PRAGMA user_version = 99") }
    try raw.close()
    #expect(throws: StateStoreError.newer(found: 99, known: StateStore.schemaVersion)) { try StateStore(path: path) }
  }
}
