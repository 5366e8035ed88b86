import Glibc
import TestSupport
import Testing

@testable import SecretStore

@Suite struct StoreTests {
  @Test func aSecretIsKeptWithItsVersions() throws {
    let own = try StoreOfOurOwn()
    let store = own.open()
    #expect(try store.list().isEmpty)
    let made = try store.create("db", Array("hunter2".utf8), labels: ["team": "shop"])
    #expect(made.id.count == 25 && made.versions.map(\.number) == [1])
    try store.rotate("db", Array("hunter3".utf8))
    #expect(text(try store.value(of: "db")) == "hunter3")
    #expect(text(try store.value(of: "db", version: 1)) == "hunter2")

    let again = own.open()
    #expect(text(try again.value(of: "db")) == "hunter3")
    let found = try again.inspect(made.id)
    #expect(found.name == "db" && found.id == made.id && found.labels == ["team": "shop"] && found.created == made.created)
    #expect(found.versions.map(\.number) == [1, 2] && found.versions.map(\.size) == [7, 7])
    #expect(found.versions[0].fingerprint == made.versions[0].fingerprint)
    #expect(found.versions[0].fingerprint != found.versions[1].fingerprint)
    #expect(try again.list() == [found])
    try again.rotate("db", toVersion: 1)
    #expect(text(try again.value(of: "db")) == "hunter2")
    #expect(try again.inspect("db").versions.last?.fingerprint == made.versions[0].fingerprint)

    try again.remove("db")
    #expect(kind { try again.value(of: "db") } == .notFound)
    #expect(try own.open().list().isEmpty)
    #expect(names(in: own.directory) == ["keyring", "keyring.copy", "ledger"])
  }

  @Test func nothingIsThereBeforeTheFirstSecret() throws {
    let own = try StoreOfOurOwn()
    let store = own.open()
    #expect(try store.list().isEmpty)
    #expect(try !store.contains("x"))
    #expect(kind { try store.value(of: "x") } == .notFound)
    #expect(!exists(own.directory) && !exists(own.keyFile))
  }

  @Test func filesAreTheOwnersAlone() throws {
    let own = try StoreOfOurOwn()
    try own.open().create("db", [1, 2, 3])
    for path in [own.directory, own.temporary("key")] { #expect(permissions(path) == 0o700) }
    for path in [own.path("db"), own.directory + "/keyring", own.directory + "/keyring.copy", own.keyFile] {
      #expect(permissions(path) == 0o600, "\(path)")
    }
  }

  @Test func binaryAndLargeValues() throws {
    let own = try StoreOfOurOwn()
    let store = own.open()
    let large = (0..<SecretStore.limit).map { UInt8(truncatingIfNeeded: $0 &* 7) }
    try store.create("large", large)
    #expect(try own.open().value(of: "large") == large)
    #expect(kind { try store.rotate("large", large + [0]) } == .invalid)
    #expect(kind { try store.create("empty", []) } == .invalid)
    #expect(try store.value(of: "large") == large)
  }

  @Test(arguments: ["", ".", "a/b", "../x", "-a", "a-", "a b", "a@1", "ä", String(repeating: "a", count: 65)])
  func namesThatAreNone(name: String) throws {
    let own = try StoreOfOurOwn()
    #expect(kind { try own.open().create(name, [1]) } == .invalid)
  }

  @Test func aNameIsTakenOnce() throws {
    let own = try StoreOfOurOwn()
    let store = own.open()
    try store.create("a", [1])
    #expect(kind { try store.create("a", [2]) } == .exists)
    #expect(kind { try store.rotate("b", [2]) } == .notFound)
    #expect(kind { try store.remove("b") } == .notFound)
    #expect(try store.value(of: "a") == [1])
  }

  @Test func oldVersionsAreForgotten() throws {
    let own = try StoreOfOurOwn()
    let store = own.open()
    try store.create("a", [0])
    for number in 1...UInt8(SecretStore.keptVersions + 2) { try store.rotate("a", [number]) }
    let last = SecretStore.keptVersions + 3
    #expect(try store.inspect("a").versions.map(\.number) == Array(4...last))
    #expect(try own.open().list().first?.versions.map(\.number) == Array(4...last))
    #expect(kind { try store.value(of: "a", version: 3) } == .notFound)
  }

  @Test func noValueLiesInClear() throws {
    let own = try StoreOfOurOwn()
    let canary = "canary-\(UInt64.random(in: 0 ... .max))"
    let store = own.open()
    try store.create("a", Array(canary.utf8))
    try store.rotate("a", Array((canary + "2").utf8))
    _ = try store.rotateKey()
    for file in names(in: own.directory) {
      #expect(!text(try readFile(own.directory + "/" + file)).contains(canary), "\(file)")
    }
  }

  @Test func derivedKeysStayTheSame() throws {
    let own = try StoreOfOurOwn()
    // Nothing is kept under it yet, and nothing is written.
    let store = own.open()
    let key = try store.derivedKey("vault")
    #expect(try store.derivedKey("vault") == key)
    #expect(try own.open().derivedKey("vault") != key)
    #expect(access(own.directory + "/keyring", F_OK) != 0)
    try store.keepKeys()
    #expect(try store.derivedKey("vault") == key)
    #expect(try own.open().derivedKey("vault") == key)
    #expect(try own.open().derivedKey("other") != key)
    _ = try own.open().rotateKey()
    #expect(try own.open().derivedKey("vault") == key)
  }

  @Test func whatAnEngineLeftHalfWrittenIsCleared() throws {
    let own = try StoreOfOurOwn()
    try own.open().create("a", [1])
    try writeFile(own.directory + "/.q1w2.new", [1, 2], mode: 0o600)
    #expect(try own.open().list().map(\.name) == ["a"])
    #expect(!exists(own.directory + "/.q1w2.new"))
  }

  @Test func generatedValuesHaveTheirLengthAndCharacters() throws {
    for charset in SecretCharset.allCases {
      let value = try SecretStore.generate(length: 300, charset)
      #expect(value.count == 300)
      #expect(Set(value).isSubset(of: Set(charset.characters)))
      #expect(Set(value).count > charset.characters.count / 3)
    }
    #expect(try SecretStore.generate(length: 32, .ascii) != SecretStore.generate(length: 32, .ascii))
    #expect(kind { try SecretStore.generate(length: 0, .hex) } == .invalid)
    #expect(kind { try SecretStore.generate(length: SecretStore.limit + 1, .hex) } == .invalid)
  }
}

func permissions(_ path: String) -> UInt32? {
  var status = stat()
  return lstat(path, &status) == 0 ? status.st_mode & 0o7777 : nil
}

@Suite struct SizeTests {
  /// K15: 10,000 with `MUSTER_TEST_SECRETS=10000`. Times are told, not asserted.
  @Test func manySecrets() throws {
    let own = try StoreOfOurOwn()
    let store = own.open()
    let count = getenv("MUSTER_TEST_SECRETS").flatMap { Int(String(cString: $0)) } ?? 200
    let clock = ContinuousClock()
    var puts: [Duration] = []
    for number in 0..<count { puts.append(try clock.measure { try store.create("s\(number)", Array("value \(number)".utf8)) }) }
    puts.sort()
    let opened = own.open()
    var gets: [Duration] = []
    for number in stride(from: 0, to: count, by: max(1, count / 1000)) {
      var value: [UInt8] = []
      gets.append(try clock.measure { value = try opened.value(of: "s\(number)") })
      #expect(text(value) == "value \(number)")
    }
    gets.sort()
    let again = own.open()
    var listed = 0
    let listing = try clock.measure { listed = try again.list().count }
    var sealedAnew = 0
    let change = try clock.measure { sealedAnew = try again.rotateKey().sealedAnew }
    #expect(listed == count && sealedAnew == count)
    #expect(text(try own.open().value(of: "s\(count - 1)")) == "value \(count - 1)")
    print(
      "\(count) secrets: put p50 \(puts[count / 2]) p99 \(puts[count * 99 / 100]), get p99 \(gets[gets.count * 99 / 100]), "
        + "list \(listing), change of keys \(change)")
  }

  /// A full disk: the old value stays, and nothing half written.
  @Test(.enabled(if: geteuid() == 0, "mounts a tmpfs")) func aFullDisk() async throws {
    let own = try StoreOfOurOwn()
    mkdir(own.directory, 0o700)
    try await run("mount", "-t", "tmpfs", "-o", "size=64k,mode=700", "tmpfs", own.directory).expect()
    do {
      let store = own.open()
      try store.create("a", Array("old".utf8))
      let large = [UInt8](repeating: 1, count: 100 << 10)
      for _ in 0..<3 {
        #expect(kind { try store.rotate("a", large) } == .storage)
        #expect(kind { try store.create("b", large) } == .storage)
      }
      _ = try await run("dd", "if=/dev/zero", "of=\(own.directory)/filler", "bs=1k", "count=100")
      #expect(kind { try store.rotateKey() } == .storage)
      for opened in [store, own.open()] {
        #expect(text(try opened.value(of: "a")) == "old")
        #expect(try opened.list().map(\.name) == ["a"])
      }
      #expect(!names(in: own.directory).contains { $0.hasSuffix(".new") })
      unlink(own.directory + "/filler")
      let after = own.open()
      try after.rotate("a", Array("new".utf8))
      _ = try after.rotateKey()
      #expect(text(try own.open().value(of: "a")) == "new")
    } catch {
      Issue.record(error)
    }
    try await run("umount", own.directory).expect()
  }
}
