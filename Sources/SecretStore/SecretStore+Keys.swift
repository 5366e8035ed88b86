import Crypto
import Glibc
import LinuxKit
import Synchronization
import SystemPackage

extension SecretStore {
  /// What a change of keys did.
  public struct KeyChange: Equatable, Sendable {
    /// `file:/etc/muster/secret.key`.
    public var source: String
    /// Versions that are now sealed under the new keys.
    public var sealedAnew: Int
    /// Secrets with a record that could not be opened and stays under the former key.
    public var leftOut: [String]
  }

  /// Changes every key but those that seal single values: a new key from outside, a new master key, and every data key sealed anew.
  ///
  /// Whenever the engine dies, everything opens with what is on disk then: the former key is forgotten last.
  ///
  /// - Parameter source: Where the new key is; nil: where the former one was. A file gets a new key; a passphrase or a credential is read anew.
  public func rotateKey(to source: KeySource? = nil) throws -> KeyChange {
    try state.withLock { state in
      _ = try self.keys(&state)
      do { _ = try versions(&state) } catch let error as SecretStoreError where error.kind == .damaged { try acceptDirectory(&state) }
      var keys = try self.keys(&state)
      let former = keys
      let target = source ?? keys.source
      keys.source = target
      keys.cost = if case .passphrase = target { PassphraseCost.fresh() } else { nil }
      try beforeStep("new key")
      keys.encryption = Keyring.Key(try newEncryptionKey(target, cost: keys.cost, former: former))
      keys.masters.insert(Keyring.Key(SymmetricKey(size: .bits256)), at: 0)
      try beforeStep("keyring")
      try writing("the secrets' keyring") { try keyring.save(keys) }
      state.keys = keys
      try beforeStep("former key")
      if case .file(let path) = target {
        try writing("the secrets' key file") { try KeyFile.write([keys.encryption.key], path) }
      }
      let outcome = try sealAnew(&state)
      return KeyChange(source: target.description, sealedAnew: outcome.done, leftOut: outcome.leftOut)
    }
  }

  private func newEncryptionKey(_ target: KeySource, cost: PassphraseCost?, former: Keyring) throws -> SymmetricKey {
    guard case .file(let path) = target else {
      guard let key = try target.keys(cost, credentials: keyring.credentials).first else {
        throw SecretStoreError(.locked, "\(target) has no key")
      }
      return key
    }
    let key = SymmetricKey(size: .bits256)
    if former.source != target, KeyFile.exists(path) {
      throw SecretStoreError(.exists, "there is a file \(path) already", hint: "name one that is not there yet; the key is made in it")
    }
    // Both until the keyring is sealed under the new one.
    try writing("the secrets' key file") { try KeyFile.write(former.source == target ? [key, former.encryption.key] : [key], path) }
    return key
  }

  /// Seals every data key under the current master key and then forgets the former ones.
  func sealAnew(_ state: inout State) throws -> (done: Int, leftOut: [String]) {
    var keys = try self.keys(&state)
    let place = try checkedDirectory()
    var fresh: [RewrapJournal.Entry] = []
    var leftOut: Set<String> = []
    do {
      try beforeStep("records")
      if let left = try RewrapJournal.left(in: place) { try finish(left, place, keys) }
      for (name, numbers) in try versions(&state) {
        for number in numbers {
          guard let old = try? record(name, number), let new = try? old.rewrapped(from: keys, to: keys.current) else {
            leftOut.insert(name)
            continue
          }
          if old.masterID == keys.current.id { continue }
          fresh.append(.init(file: fileName(name, number), offset: old.keyOffset, bytes: new.masterID.bytes + new.wrappedKey))
        }
      }
      if !fresh.isEmpty {
        let journal = RewrapJournal(fresh)
        try atomicWrite(FilePath(directory + "/" + RewrapJournal.name), journal.bytes, mode: 0o600)
        try finish(journal, place, keys)
      }
    } catch {
      guard let error = error as? KernelError else { throw error }
      throw SecretStoreError(
        .storage, "the key was changed, and some records are still sealed under the former one: \(error.reason)",
        hint: "both are kept; change the key again when there is room")
    }
    try beforeStep("forget")
    if leftOut.isEmpty {
      keys.masters = [keys.current]
      try writing("the secrets' keyring") { try keyring.save(keys) }
      state.keys = keys
    }
    return (fresh.count, leftOut.sorted())
  }

  /// Carries out a journal, from wherever it was left, and removes it.
  private func finish(_ journal: RewrapJournal, _ place: borrowing Descriptor, _ keys: Keyring) throws {
    for (index, entry) in journal.entries.enumerated() {
      if index == journal.entries.count / 2 { try beforeStep("half of the records") }
      // Only what it was written for: the record may have been removed or given back since.
      let parts = entry.file.split(separator: "@")
      guard parts.count == 2, let number = Int(parts[1]), var whole = try? record(String(parts[0]), number),
        whole.keyOffset == entry.offset
      else { continue }
      whole.masterID = KeyID(bytes: Array(entry.bytes.prefix(KeyID.length)))
      whole.wrappedKey = Array(entry.bytes.dropFirst(KeyID.length))
      guard (try? whole.head(keys)) != nil else { continue }
      try RewrapJournal.write(entry, in: place)
    }
    // One sync for all, before the journal goes.
    try place.synchronizeFileSystem()
    guard unlinkat(place.number, RewrapJournal.name, 0) == 0 || errno == ENOENT else {
      throw KernelError.last("unlinkat(2)", [RewrapJournal.name])
    }
    try place.synchronize()
  }
}
