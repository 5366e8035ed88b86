import Glibc
import TestSupport
import Testing

@testable import SecretStore

/// What somebody else does to the files is told, with the secret's name, and costs nothing else.
@Suite struct DamageTests {
  @Test func everyFlippedBitIsTold() throws {
    let own = try StoreOfOurOwn()
    let store = own.open()
    try store.create("other", Array("whole".utf8))
    try store.create("db", Array("hunter2".utf8), labels: ["a": "b"])
    let size = try readFile(own.path("db")).count
    for at in 0..<size {
      try own.alter(own.path("db")) { $0[at] ^= 1 << UInt8(at % 8) }
      let opened = own.open()
      let error = #expect(throws: SecretStoreError.self, "byte \(at)") { try opened.value(of: "db") }
      #expect(error?.kind == .damaged && error?.message.contains("\"db\"") == true, "byte \(at): \(error?.message ?? "")")
      #expect(error?.message.contains("hunter2") == false)
      try own.alter(own.path("db")) { $0[at] ^= 1 << UInt8(at % 8) }
    }
    #expect(text(try own.open().value(of: "db")) == "hunter2")
  }

  @Test func everyTruncationIsTold() throws {
    let own = try StoreOfOurOwn()
    try own.open().create("db", Array("hunter2".utf8))
    let whole = try readFile(own.path("db"))
    for length in 0..<whole.count {
      try writeFile(own.path("db"), Array(whole[..<length]), mode: 0o600)
      #expect(kind { try own.open().value(of: "db") } == .damaged, "\(length) bytes")
    }
    try writeFile(own.path("db"), whole + [0], mode: 0o600)
    #expect(kind { try own.open().value(of: "db") } == .damaged)
    unlink(own.path("db"))
    let store = own.open()
    #expect(kind { try store.value(of: "db") } == .damaged)
  }

  @Test func exchangedRecordsAreTold() throws {
    let own = try StoreOfOurOwn()
    let store = own.open()
    try store.create("a", [1, 1, 1])
    try store.create("b", [2, 2, 2])
    try store.rotate("b", [3, 3, 3])
    let a = try readFile(own.path("a"))
    let old = try readFile(own.path("b"))
    // Another secret's record, an older version's, and a record made of two.
    try writeFile(own.path("a"), old, mode: 0o600)
    #expect(kind { try own.open().value(of: "a") } == .damaged)
    try writeFile(own.path("a"), a, mode: 0o600)
    try writeFile(own.path("b", 2), old, mode: 0o600)
    #expect(kind { try own.open().value(of: "b") } == .damaged)
    let mixed = try #require(SecretRecord(a))
    var other = try #require(SecretRecord(old))
    other.sealedValue = mixed.sealedValue
    try writeFile(own.path("b", 2), other.bytes, mode: 0o600)
    #expect(kind { try own.open().value(of: "b") } == .damaged)
    #expect(try own.open().value(of: "a") == [1, 1, 1])
  }

  @Test func theOtherVersionsAndSecretsStay() throws {
    let own = try StoreOfOurOwn()
    let store = own.open()
    try store.create("db", Array("old".utf8))
    try store.rotate("db", Array("new".utf8))
    try store.create("other", Array("whole".utf8))
    try own.alter(own.path("db", 2)) { $0[$0.count - 1] ^= 1 }
    let opened = own.open()
    #expect(text(try opened.value(of: "other")) == "whole")
    #expect(text(try opened.value(of: "db", version: 1)) == "old")
    let found = try opened.inspect("db")
    #expect(found.versions[0].damage == nil)
    #expect(found.versions[1].damage?.contains("was changed on disk") == true)
    #expect(try opened.list().map(\.name) == ["db", "other"])
    try opened.rotate("db", toVersion: 1)
    #expect(text(try own.open().value(of: "db")) == "old")
  }

  @Test func aDamagedHeadIsNamedInTheList() throws {
    let own = try StoreOfOurOwn()
    let store = own.open()
    try store.create("a", [1])
    try store.create("b", [2])
    try own.alter(own.path("a")) { $0[20] ^= 4 }
    let listed = try own.open().list()
    #expect(listed.map(\.name) == ["a", "b"])
    #expect(listed[0].versions[0].damage != nil && listed[1].versions[0].damage == nil)
    // A value can be given again.
    try own.open().rotate("a", [9])
    #expect(try own.open().value(of: "a") == [9])
  }

  @Test func oneKeyringIsEnough() throws {
    let own = try StoreOfOurOwn()
    try own.open().create("a", [1])
    let whole = try readFile(own.directory + "/keyring")
    for copy in ["keyring", "keyring.copy"] {
      let path = own.directory + "/" + copy
      for at in stride(from: 0, to: whole.count, by: 5) {
        try own.alter(path) { $0[at] ^= 2 }
        #expect(try own.open().value(of: "a") == [1], "\(copy), byte \(at)")
        #expect(try readFile(path) == readFile(own.directory + "/keyring"), "not made whole again")
      }
      unlink(path)
      #expect(try own.open().value(of: "a") == [1])
    }
    for copy in ["keyring", "keyring.copy"] { try own.alter(own.directory + "/" + copy) { $0 = Array($0.prefix(40)) } }
    #expect(kind { try own.open().value(of: "a") } == .locked)
    #expect(kind { try own.open().create("b", [1]) } == .locked)
    for copy in ["keyring", "keyring.copy"] { unlink(own.directory + "/" + copy) }
    #expect(kind { try own.open().create("b", [1]) } == .locked, "a new keyring would have lost what is there")
  }

  @Test func linksAndForeignFilesAreRefused() throws {
    let own = try StoreOfOurOwn()
    try own.open().create("a", [1])
    let kept = own.temporary("kept")
    rename(own.path("a"), kept)
    symlink(kept, own.path("a"))
    #expect(kind { try own.open().value(of: "a") } == .damaged)
    unlink(own.path("a"))
    link(kept, own.path("a"))
    #expect(kind { try own.open().value(of: "a") } == .damaged)
    unlink(own.path("a"))
    mkfifo(own.path("a"), 0o600)
    #expect(kind { try own.open().value(of: "a") } == .damaged)
    unlink(own.path("a"))
    rename(kept, own.path("a"))
    #expect(try own.open().value(of: "a") == [1])
  }

  /// K16: what is put where the store writes is not written through.
  @Test func whatIsPlantedIsNotFollowed() throws {
    let own = try StoreOfOurOwn()
    try own.open().create("a", [1])
    let outside = own.temporary("outside")
    try writeFile(outside, Array("whole".utf8), mode: 0o644)
    symlink(outside, own.path("a", 2))
    symlink(outside, own.path("b"))
    mkfifo(own.path("c"), 0o600)
    let store = own.open()
    #expect(try store.list().map(\.name) == ["a", "b", "c"])
    #expect(kind { try store.value(of: "b") } == .damaged && kind { try store.value(of: "c") } == .damaged)
    try store.rotate("a", [2])
    try store.rotate("c", [3])
    _ = try store.rotateKey()
    #expect(try own.open().value(of: "a") == [2])
    #expect(text(try readFile(outside)) == "whole")
    for name in ["ledger", "rewrap.journal", "keyring"] {
      try own.open().create("new-\(name.prefix(3))", [1])
      unlink(own.directory + "/" + name)
      symlink(outside, own.directory + "/" + name)
      let opened = own.open()
      _ = try? opened.rotate("a", [4])
      _ = try? opened.rotateKey()
      #expect(text(try readFile(outside)) == "whole", "\(name)")
      #expect(try own.open().value(of: "a").count == 1, "\(name)")
    }
  }

  @Test func aDirectoryThatIsNotOnesOwnIsRefused() throws {
    let own = try StoreOfOurOwn()
    try own.open().create("a", [1])
    chmod(own.directory, 0o755)
    #expect(kind { try own.open().value(of: "a") } == .locked)
    chmod(own.directory, 0o700)
    chmod(own.temporary.path, 0o777)
    #expect(kind { try own.open().value(of: "a") } == .locked)
    chmod(own.temporary.path, 0o700)
    chown(own.directory, 65534, 65534)
    #expect(kind { try own.open().value(of: "a") } == .locked)
    chown(own.directory, 0, 0)
    rename(own.directory, own.directory + "2")
    symlink(own.directory + "2", own.directory)
    #expect(kind { try own.open().value(of: "a") } == .locked)
  }
}
