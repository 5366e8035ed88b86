import Crypto
import Glibc
import LinuxKit
import SystemPackage

extension SecretStore {
  /// The versions of every secret, oldest first; reads the directory once and clears what an engine that died left unfinished. They are
  /// compared with the ledger, for which it takes the key.
  func versions(_ state: inout State) throws -> [String: [Int]] {
    if state.versions == nil { state.versions = try found() }
    if state.keys == nil, keyring.exists { _ = try keys(&state) }
    if state.keys != nil { try checkLedger(&state) }
    return state.versions ?? [:]
  }

  private func found() throws -> [String: [Int]] {
    var found: [String: [Int]] = [:]
    guard KeyFile.exists(directory) else { return found }
    let place = try checkedDirectory()
    for entry in try place.entries() {
      if entry.text.hasPrefix("."), entry.text.hasSuffix(".new") {
        unlinkat(place.number, entry.name, 0)
        continue
      }
      let parts = entry.text.split(separator: "@", omittingEmptySubsequences: false)
      guard parts.count == 2, let number = Int(parts[1]), number > 0, SecretNameRules.isName(String(parts[0])) else { continue }
      found[String(parts[0]), default: []].append(number)
    }
    return found.mapValues { $0.sorted() }
  }

  /// The unsealed keys. A store without a keyring gets one, unless it has secrets already, which another one would not open.
  func keys(_ state: inout State) throws -> Keyring {
    if let known = state.keys { return known }
    if KeyFile.exists(directory) { _ = try checkedDirectory() }
    var keys: Keyring
    if let found = try keyring.load(source: wanted) {
      keys = found
      try? keyring.repair(keys)
    } else {
      guard try versions(&state).isEmpty else {
        throw SecretStoreError(
          .locked, "the keyring in \(directory) is missing", hint: "restore it from a backup: without it the secrets cannot be opened")
      }
      keys = try makeKeyring(state.comingVault)
    }
    state.keys = keys
    // An engine died while it changed keys: what it had begun is finished.
    if case .file(let path) = keys.source, let held = try? KeyFile.keys(path), held.count > 1 {
      try? KeyFile.write([keys.encryption.key], path)
    }
    if keys.masters.count > 1 { _ = try? sealAnew(&state) }
    return state.keys ?? keys
  }

  private func makeKeyring(_ vault: SymmetricKey?) throws -> Keyring {
    let source = wanted ?? usual
    if case .file(let path) = source, !KeyFile.exists(path) {
      try KeyFile.write([SymmetricKey(size: .bits256)], path)
    }
    let cost = if case .passphrase = source { PassphraseCost.fresh() } else { nil as PassphraseCost? }
    let found = try source.keys(cost, credentials: keyring.credentials)
    guard let key = found.first else { throw SecretStoreError(.locked, "\(source) has no key") }
    var keys = Keyring(source: source, cost: cost, encryption: key)
    if let vault { keys.vault = vault }
    keys.hasLedger = true
    try writing("the secrets' keyring") {
      try makeDirectories(directory, mode: 0o700)
      _ = try checkedDirectory()
      try atomicWrite(FilePath(directory + "/" + Ledger.name), [], mode: 0o600)
      try keyring.save(keys)
    }
    return keys
  }

  /// The store's directory, when it is this user's alone.
  func checkedDirectory() throws -> Descriptor {
    let place: Descriptor
    do {
      place = try Descriptor.open(directory, O_RDONLY | O_DIRECTORY | O_NOFOLLOW)
    } catch {
      throw SecretStoreError(.locked, "the secrets' directory \(directory) cannot be used: \(error.reason)")
    }
    let status = try place.status()
    guard status.uid == geteuid(), status.permissions & 0o077 == 0 else {
      throw SecretStoreError(
        .locked, "the secrets' directory \(directory) is not root's alone", hint: "chown root \(directory) && chmod 700 \(directory)")
    }
    try KeyFile.refuseSharedParent(of: directory, what: "the directory that the secrets are in")
    return place
  }

  /// Says what could not be written when the disk says no.
  func writing<Value>(_ what: String, _ body: () throws -> Value) throws -> Value {
    do {
      return try body()
    } catch let error as KernelError {
      throw SecretStoreError(.storage, "\(what) could not be written: \(error.reason); what was stored before is still there")
    }
  }
}
