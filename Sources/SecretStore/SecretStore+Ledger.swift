import Crypto
import Glibc
import LinuxKit
import SystemPackage

extension SecretStore {
  /// Compares what is in the directory with the ledger, once: what has vanished is added as versions that cannot be opened, what was removed and
  /// is back goes again, and what an engine that died had not written down any more is.
  func checkLedger(_ state: inout State) throws {
    guard state.ledger == nil, let keys = state.keys, KeyFile.exists(directory) else { return }
    let place = try checkedDirectory()
    let key = deriveKey("ledger", keys.vault)
    let found: (ledger: Ledger, isWhole: Bool)?
    do {
      found = try Ledger.read(place, key: key)
    } catch {
      throw Self.ledgerProblem("is damaged")
    }
    if found == nil, keys.hasLedger { throw Self.ledgerProblem("is missing") }
    var ledger = found?.ledger ?? Ledger(key: key)
    let isNew = found?.isWhole != true || !keys.hasLedger
    for (name, version) in ledger.newest where (state.versions?[name]?.last ?? 0) < version {
      state.versions?[name, default: []].append(version)
      state.vanished[name] = version
    }
    state.ledger = ledger
    let unknown = (state.versions ?? [:]).filter { ledger.newest[$0.key] ?? 0 < $0.value.last ?? 0 }
    for (name, numbers) in unknown {
      var kept = numbers
      if let removal = ledger.removed[name] {
        kept = numbers.filter { number in
          guard let head = try? head(name, number, keys, &state), head.created <= removal else { return true }
          unlinkat(place.number, fileName(name, number), 0)
          state.heads[fileName(name, number)] = nil
          return false
        }
      }
      state.versions?[name] = kept.isEmpty ? nil : kept
      if let newest = kept.last { ledger.accept(name, newest) }
    }
    // When the disk is full this is done at the next start.
    if isNew || !unknown.isEmpty || ledger.isLong { try? save(ledger, &state) }
    if !keys.hasLedger { state.keys?.hasLedger = (try? markLedger(keys)) != nil }
  }

  /// Writes a change down.
  func note(_ change: Ledger.Change, _ state: inout State) throws {
    let place = try checkedDirectory()
    if state.ledger == nil { try checkLedger(&state) }
    guard var ledger = state.ledger else { return }
    try ledger.append(change, place)
    state.ledger = ledger
    if ledger.isLong { try? save(ledger, &state) }
  }

  /// Takes what is in the directory for what there is: a new ledger in place of one that is damaged or missing.
  func acceptDirectory(_ state: inout State) throws {
    guard let keys = state.keys else { return }
    var ledger = Ledger(key: deriveKey("ledger", keys.vault))
    for (name, numbers) in state.versions ?? [:] { if let newest = numbers.last { ledger.accept(name, newest) } }
    try writing("the secrets' ledger") { try save(ledger, &state) }
  }

  private func save(_ ledger: Ledger, _ state: inout State) throws {
    let compacted = ledger.compacted()
    try atomicWrite(FilePath(directory + "/" + Ledger.name), compacted.bytes, mode: 0o600)
    state.ledger = compacted.ledger
  }

  private func markLedger(_ keys: Keyring) throws {
    var marked = keys
    marked.hasLedger = true
    try keyring.save(marked)
  }

  private static func ledgerProblem(_ what: String) -> SecretStoreError {
    SecretStoreError(
      .damaged, "the ledger of the secrets \(what): nobody can tell whether older copies of them were put back",
      hint: "look what they are from a backup, or take them as they are: muster secret rotate-key")
  }
}
