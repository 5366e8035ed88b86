import Crypto
import Glibc
import TestSupport
import Testing

@testable import SecretStore

@Suite struct KeyTests {
  @Test func anotherKeyOpensNothing() throws {
    let own = try StoreOfOurOwn()
    try own.open().create("a", Array("hunter2".utf8))
    let key = try readFile(own.keyFile)
    try writeFile(own.keyFile, key.map { $0 ^ 1 }, mode: 0o600)
    let error = #expect(throws: SecretStoreError.self) { try own.open().value(of: "a") }
    #expect(error?.kind == .locked)
    #expect(error?.message.contains("is not the key of the secrets") == true)
    #expect(kind { try own.open().list() } == .locked)
    #expect(kind { try own.open().create("b", [1]) } == .locked)
    unlink(own.keyFile)
    #expect(kind { try own.open().value(of: "a") } == .locked)
    #expect(!exists(own.keyFile), "a new key was made for secrets that it does not open")
    try writeFile(own.keyFile, key, mode: 0o600)
    #expect(text(try own.open().value(of: "a")) == "hunter2")
  }

  @Test func aKeyThatOthersCanReadIsRefused() throws {
    let own = try StoreOfOurOwn()
    try own.open().create("a", [1])
    func isRefused() -> Bool { kind { try own.open().value(of: "a") } == .locked }
    for mode: UInt32 in [0o644, 0o640, 0o620, 0o604] {
      chmod(own.keyFile, mode)
      #expect(isRefused(), "mode 0\(String(mode, radix: 8))")
    }
    chmod(own.keyFile, 0o600)
    #expect(!isRefused())
    let kept = own.keyFile + ".kept"
    link(own.keyFile, kept)
    #expect(isRefused(), "a hard link")
    unlink(own.keyFile)
    symlink(kept, own.keyFile)
    #expect(isRefused(), "a symbolic link")
    unlink(own.keyFile)
    mkfifo(own.keyFile, 0o600)
    #expect(isRefused(), "a fifo")
    unlink(own.keyFile)
    rename(kept, own.keyFile)
    chmod(own.temporary("key"), 0o777)
    #expect(isRefused(), "a directory that others can change")
    chmod(own.temporary("key"), 0o700)
    if geteuid() == 0 {
      chown(own.keyFile, 65534, 0)
      #expect(isRefused(), "another owner")
      chown(own.keyFile, 0, 0)
    }
    #expect(!isRefused())
  }

  @Test func aPassphrase() throws {
    let own = try StoreOfOurOwn()
    let file = own.temporary("passphrase")
    try writeFile(file, Array("correct horse\n".utf8), mode: 0o600)
    try own.open(.passphrase(file)).create("a", Array("hunter2".utf8))
    #expect(text(try own.open().value(of: "a")) == "hunter2", "the keyring knows where its key is")
    #expect(!exists(own.keyFile))
    try writeFile(file, Array("correct horse".utf8), mode: 0o600)
    #expect(text(try own.open().value(of: "a")) == "hunter2")
    try writeFile(file, Array("correct horsf\n".utf8), mode: 0o600)
    #expect(kind { try own.open().value(of: "a") } == .locked)
    try writeFile(file, Array("short\n".utf8), mode: 0o600)
    #expect(kind { try own.open().value(of: "a") } == .locked)
  }

  /// RFC 7914, 12: `scrypt (P="password", S="NaCl", N=1024, r=8, p=16)`.
  @Test func passphrasesBecomeKeysAsTheStandardSays() throws {
    let cost = PassphraseCost(salt: Array("NaCl".utf8), rounds: 1024, blockSize: 8, parallelism: 16)
    let key = try cost.key(from: Array("password".utf8))
    #expect(hexadecimal(key.bytes) == "fdbabe1c9d3472007856e7190d01e9fe7c6ad7cbc8237830e77376634b373162")
    #expect(!cost.isBearable, "a salt of four bytes")
    #expect(PassphraseCost.fresh().isBearable)
    #expect(!PassphraseCost(salt: [UInt8](repeating: 0, count: 32), rounds: 1 << 30).isBearable)
  }

  @Test func aCredentialOfSystemd() throws {
    let own = try StoreOfOurOwn()
    let directory = own.temporary("credentials")
    mkdir(directory, 0o700)
    try writeFile(directory + "/muster.key", Array((String(repeating: "4f", count: 32) + "\n").utf8), mode: 0o400)
    try own.open(.credential("muster.key"), credentials: directory).create("a", [7])
    #expect(try own.open(credentials: directory).value(of: "a") == [7])
    #expect(kind { try own.open().value(of: "a") } == .locked, "no credentials")
    try writeFile(directory + "/muster.key", [UInt8](repeating: 0x4F, count: 32), mode: 0o400)
    #expect(try own.open(credentials: directory).value(of: "a") == [7], "the same key as bytes")
    try writeFile(directory + "/muster.key", [1, 2, 3], mode: 0o400)
    #expect(kind { try own.open(credentials: directory).value(of: "a") } == .locked)
  }

  @Test(arguments: ["file:/a/b", "passphrase:/x", "credential:muster.key"])
  func sourcesAreWrittenAsTheyAreRead(text: String) { #expect(KeySource(text)?.description == text) }

  @Test(arguments: ["", "file", "file:a", "passphrase:x", "credential:a/b", "credential:..", "tpm:1", "hunter2"])
  func sourcesThatAreNone(text: String) { #expect(KeySource(text) == nil) }

  @Test func keysAreChanged() throws {
    let own = try StoreOfOurOwn()
    let store = own.open()
    try store.create("a", [1])
    try store.rotate("a", [2])
    try store.create("b", [3])
    let key = try readFile(own.keyFile)
    let before = try #require(SecretRecord(try readFile(own.path("a"))))
    #expect(try store.rotateKey() == .init(source: "file:" + own.keyFile, sealedAnew: 3, leftOut: []))
    #expect(try readFile(own.keyFile) != key && readFile(own.keyFile).count == 32)
    let after = try #require(SecretRecord(try readFile(own.path("a"))))
    #expect(after.masterID != before.masterID && after.wrappedKey != before.wrappedKey)
    #expect(after.sealedValue == before.sealedValue, "the value itself is not sealed anew")
    for store in [store, own.open()] {
      #expect(try store.value(of: "a") == [2] && store.value(of: "a", version: 1) == [1] && store.value(of: "b") == [3])
    }
    let changed = try readFile(own.keyFile)
    try writeFile(own.keyFile, key, mode: 0o600)
    #expect(kind { try own.open().value(of: "a") } == .locked, "the former key still opens the store")
    try writeFile(own.keyFile, changed, mode: 0o600)
    // An old record has no key any more.
    try writeFile(own.path("a"), before.bytes, mode: 0o600)
    #expect(kind { try own.open().value(of: "a", version: 1) } == .damaged)
  }

  @Test func keysMoveFromAFileToAPassphraseAndBack() throws {
    let own = try StoreOfOurOwn()
    let passphrase = own.temporary("passphrase")
    try writeFile(passphrase, Array("correct horse\n".utf8), mode: 0o600)
    let store = own.open()
    try store.create("a", [1])
    #expect(try store.rotateKey(to: .passphrase(passphrase)).source == "passphrase:" + passphrase)
    unlink(own.keyFile)
    #expect(try own.open().value(of: "a") == [1])
    // The same file with another passphrase: read anew.
    let opened = own.open()
    _ = try opened.list()
    try writeFile(passphrase, Array("battery staple\n".utf8), mode: 0o600)
    _ = try opened.rotateKey()
    #expect(try own.open().value(of: "a") == [1])
    let elsewhere = own.temporary("key/other.key")
    _ = try own.open().rotateKey(to: .file(elsewhere))
    #expect(try own.open().value(of: "a") == [1])
    #expect(permissions(elsewhere) == 0o600)
    try writeFile(own.keyFile, [1], mode: 0o600)
    #expect(kind { try own.open().rotateKey(to: .file(own.keyFile)) } == .exists, "a file that is there is not overwritten")
    #expect(try own.open().value(of: "a") == [1])
  }

  /// K3: at every step of the change everything opens, with the old or the new key, and the next start finishes it.
  @Test(arguments: ["new key", "keyring", "former key", "records", "half of the records", "forget"])
  func dyingWhileKeysChangeLosesNothing(step: String) throws {
    let own = try StoreOfOurOwn()
    let store = own.open()
    for number in 0..<9 { try store.create("s\(number)", [UInt8(number), 1]) }
    own.die(before: step)
    #expect(throws: StoreOfOurOwn.Died.self) { try store.rotateKey() }
    // Once more with the step that ends it still in the way: what is half done stays usable.
    for _ in 0..<2 {
      let opened = own.open()
      for number in 0..<9 { #expect(try opened.value(of: "s\(number)") == [UInt8(number), 1]) }
    }
    own.die(before: nil)
    let opened = own.open()
    try opened.create("later", [5])
    for number in 0..<9 { #expect(try opened.value(of: "s\(number)") == [UInt8(number), 1]) }
    #expect(try readFile(own.keyFile).count == 32, "the former key was not forgotten")
    let ids = Set(
      try names(in: own.directory).filter { $0.contains("@") }.map {
        try #require(SecretRecord(try readFile(own.directory + "/" + $0))).masterID
      })
    #expect(ids.count == 1, "the change was not finished")
    #expect(!names(in: own.directory).contains { $0.hasSuffix(".new") })
    #expect(try own.open().rotateKey().sealedAnew == 10)
    #expect(try own.open().value(of: "later") == [5])
  }

  /// A power cut in the middle of a record that is changed in place: the journal has it whole.
  @Test func aTornRecordIsMadeWholeAgain() throws {
    let own = try StoreOfOurOwn()
    let store = own.open()
    try store.create("a", [1])
    try store.create("b", [2])
    own.die(before: "half of the records")
    #expect(throws: StoreOfOurOwn.Died.self) { try store.rotateKey() }
    own.die(before: nil)
    for name in ["a", "b"] {
      let record = try #require(SecretRecord(try readFile(own.path(name))))
      try own.alter(own.path(name)) { for at in record.keyOffset + 20..<record.keyOffset + 50 { $0[at] ^= 0xFF } }
    }
    let opened = own.open()
    #expect(try opened.value(of: "a") == [1])
    #expect(try opened.value(of: "b") == [2])
    #expect(!exists(own.directory + "/rewrap.journal"))
    #expect(try own.open().rotateKey() == .init(source: "file:" + own.keyFile, sealedAnew: 2, leftOut: []))
  }

  @Test func aDamagedRecordDoesNotHinderTheChange() throws {
    let own = try StoreOfOurOwn()
    let store = own.open()
    try store.create("a", [1])
    try store.create("b", [2])
    let whole = try readFile(own.path("b"))
    try own.alter(own.path("b")) { $0[30] ^= 1 }
    let opened = own.open()
    #expect(try opened.rotateKey().leftOut == ["b"])
    #expect(try own.open().value(of: "a") == [1])
    // Restored from a backup, it opens: the key that it is under was kept.
    try writeFile(own.path("b"), whole, mode: 0o600)
    #expect(try own.open().value(of: "b") == [2])
  }
}
