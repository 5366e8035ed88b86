import Glibc
import Synchronization
import TestSupport
import Testing

@testable import SecretStore

/// K1: older copies that somebody puts back.
@Suite struct RollbackTests {
  @Test func aVersionThatVanishesIsTold() throws {
    let own = try StoreOfOurOwn()
    try own.open().create("db", Array("old".utf8))
    try own.open().rotate("db", Array("new".utf8))
    unlink(own.path("db", 2))
    let store = own.open()
    let error = #expect(throws: SecretStoreError.self) { try store.value(of: "db") }
    #expect(error?.kind == .damaged && error?.message.contains("has vanished") == true, "\(String(describing: error))")
    #expect(try store.list().first?.versions.map { $0.damage != nil } == [false, true])
    // It says what to do: go back on purpose, or give another value.
    #expect(try store.rotate("db", toVersion: 1).versions.map(\.number) == [1, 3])
    for store in [store, own.open()] {
      #expect(text(try store.value(of: "db")) == "old")
      #expect(try store.list().first?.versions.map { $0.damage != nil } == [false, false])
    }
  }

  @Test func aRemovedSecretDoesNotComeBack() throws {
    let own = try StoreOfOurOwn()
    try own.open().create("db", [1])
    let record = try readFile(own.path("db"))
    try own.open().remove("db")
    try writeFile(own.path("db"), record, mode: 0o600)
    let store = own.open()
    #expect(kind { try store.value(of: "db") } == .notFound)
    #expect(!exists(own.path("db")))
    // Made again, it is another one.
    try store.create("db", [2])
    #expect(try own.open().value(of: "db") == [2])
    try writeFile(own.path("db"), record, mode: 0o600)
    #expect(try own.open().value(of: "db") != [2], "a record of the same name and version is as good as it was")
  }

  @Test func anOldKeyringAndAnOldRecordAreTold() throws {
    let own = try StoreOfOurOwn()
    let store = own.open()
    try store.create("db", [1])
    let record = try readFile(own.path("db"))
    let keyring = try readFile(own.directory + "/keyring")
    _ = try store.rotateKey()
    let after = try readFile(own.directory + "/keyring")
    for copy in ["keyring", "keyring.copy"] { try writeFile(own.directory + "/" + copy, keyring, mode: 0o600) }
    #expect(kind { try own.open().value(of: "db") } == .locked)
    for copy in ["keyring", "keyring.copy"] { try writeFile(own.directory + "/" + copy, after, mode: 0o600) }
    try writeFile(own.path("db"), record, mode: 0o600)
    #expect(kind { try own.open().value(of: "db") } == .damaged)
  }

  @Test func theLedgerIsAuthenticated() throws {
    let own = try StoreOfOurOwn()
    let store = own.open()
    try store.create("a", [1])
    try store.rotate("a", [2])
    try store.create("b", [3])
    let ledger = own.directory + "/ledger"
    let whole = try readFile(ledger)
    for at in 0..<whole.count - 1 {
      try own.alter(ledger) { $0[at] ^= 1 }
      #expect(kind { try own.open().value(of: "a") } == .damaged, "byte \(at)")
      #expect(kind { try own.open().rotate("a", [4]) } == .damaged, "byte \(at)")
      try own.alter(ledger) { $0[at] ^= 1 }
    }
    #expect(try own.open().value(of: "a") == [2])
    // A line left out from the middle.
    let lines = whole.split(separator: 0x0A)
    try writeFile(ledger, Array(lines[0] + [0x0A] + lines[2] + [0x0A]), mode: 0o600)
    #expect(kind { try own.open().value(of: "a") } == .damaged)
    unlink(ledger)
    #expect(kind { try own.open().value(of: "a") } == .damaged)
    #expect(kind { try own.open().list() } == .damaged)
    #expect(kind { try own.open().create("c", [1]) } == .damaged)
    // Taken as they are, on purpose.
    _ = try own.open().rotateKey()
    #expect(try own.open().value(of: "a") == [2])
    #expect(try own.open().list().map(\.name) == ["a", "b"])
  }

  /// What an engine that died had written and not noted counts, and a line that a power cut has cut off does not.
  @Test func crashesAreNoAttacks() throws {
    let own = try StoreOfOurOwn()
    let store = own.open()
    try store.create("a", [1])
    let ledger = try readFile(own.directory + "/ledger")
    try store.rotate("a", [2])
    try store.create("b", [3])
    try writeFile(own.directory + "/ledger", ledger + Array("+ a 2 1234".utf8), mode: 0o600)
    for _ in 0..<2 {
      let opened = own.open()
      #expect(try opened.value(of: "a") == [2])
      #expect(try opened.value(of: "b") == [3])
    }
    unlink(own.path("a", 2))
    #expect(kind { try own.open().value(of: "a") } == .damaged, "it was not noted after the crash")
  }

  @Test func aStoreWithoutALedgerGetsOne() throws {
    let own = try StoreOfOurOwn()
    let store = own.open()
    try store.create("a", [1])
    unlink(own.directory + "/ledger")
    // As an earlier Muster left it.
    try store.state.withLock { state in
      var keys = try #require(state.keys)
      keys.hasLedger = false
      try store.keyring.save(keys)
    }
    #expect(try own.open().value(of: "a") == [1])
    unlink(own.directory + "/ledger")
    #expect(kind { try own.open().value(of: "a") } == .damaged)
  }

  @Test func theLedgerStaysShort() throws {
    let own = try StoreOfOurOwn()
    try own.open().create("a", [1])
    let key = try own.open().derivedKey("ledger")
    var ledger = Ledger(key: key)
    for version in 1...1004 { ledger.accept("a", version) }
    #expect(!ledger.isLong)
    ledger.accept("a", 1005)
    #expect(ledger.isLong)
    let (short, bytes) = ledger.compacted()
    #expect(short.newest == ["a": 1005] && bytes.split(separator: 0x0A).count == 1)
    // As a store finds it: a version that there is no file of.
    try writeFile(own.directory + "/ledger", bytes, mode: 0o600)
    #expect(try own.open().list().first?.versions.map(\.number) == [1, 1005])
  }
}
