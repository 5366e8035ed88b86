public import Crypto
import FoundationEssentials
import Glibc
import LinuxKit
import Synchronization
import SystemPackage

/// The machine's secrets: one encrypted file a version in a directory of root's, written whole or not at all.
///
/// Each value is sealed by a key of its own, those by a master key, those by a key from outside (`KeySource`). Nothing is read before it is asked
/// for, so that an engine whose key is not there yet serves everything else. A ledger tells when a version has vanished or a removed secret is back.
/// Whoever can write to the directory as root can still put an older copy of everything back at once: no file can tell that it is not the newest.
public final class SecretStore: Sendable {
  /// The largest value, in bytes.
  public static let limit = 1 << 20
  /// Versions that are kept of a secret.
  public static let keptVersions = 10

  let directory: String
  let keyring: KeyringFile
  /// Where the key is: as asked for now, and for a new store.
  let wanted: KeySource?
  let usual: KeySource
  /// Called before each step of a change of keys; a test lets it throw, as if the engine had died there.
  let beforeStep: @Sendable (String) throws -> Void
  let state = Mutex(State())

  struct State {
    /// nil: the directory has not been read.
    var versions: [String: [Int]]?
    var keys: Keyring?
    /// The vault's key of a keyring that is yet to be made.
    var comingVault: SymmetricKey?
    /// Heads that have been checked, by file name. What is on disk changes only through the store.
    var heads: [String: RecordHead] = [:]
    /// nil: has not been compared with the directory.
    var ledger: Ledger?
    /// The newest versions of which there is no file.
    var vanished: [String: Int] = [:]
  }

  /// - Parameters:
  ///   - directory: Absolute; made when something is to be stored.
  ///   - keySource: Where the key is now; nil: where the keyring says, `usual` for a new store.
  ///   - credentials: `$CREDENTIALS_DIRECTORY`.
  public convenience init(directory: String, keySource: KeySource? = nil, usual: KeySource, credentials: String? = nil) {
    self.init(directory: directory, keySource: keySource, usual: usual, credentials: credentials) { _ in }
  }

  init(
    directory: String, keySource: KeySource?, usual: KeySource, credentials: String?,
    beforeStep: @escaping @Sendable (String) throws -> Void
  ) {
    self.directory = directory
    keyring = KeyringFile(directory: directory, credentials: credentials)
    wanted = keySource
    self.usual = usual
    self.beforeStep = beforeStep
  }

  // MARK: reading

  /// All secrets, by name.
  public func list() throws -> [StoredSecret] {
    try state.withLock { state in
      let all = try versions(&state)
      if all.isEmpty { return [] }
      let keys = try self.keys(&state)
      return all.keys.sorted().map { secret($0, all[$0] ?? [], keys, &state, checksValues: false) }
    }
  }

  /// One secret, every version of it opened and checked.
  public func inspect(_ nameOrID: String) throws -> StoredSecret {
    try state.withLock { state in
      let name = try resolve(nameOrID, &state)
      return secret(name, try versions(&state)[name] ?? [], try keys(&state), &state, checksValues: true)
    }
  }

  /// The value of a version, the newest by default.
  public func value(of name: String, version: Int? = nil) throws -> [UInt8] {
    try state.withLock { state in
      let known = try versions(&state)[name] ?? []
      guard let newest = known.last else { throw SecretStoreError.missing(name) }
      guard let number = version.map({ number in known.first { $0 == number } }) ?? newest else {
        throw SecretStoreError(
          .notFound, "the secret \"\(name)\" has no version \(version ?? 0)",
          hint: "it has \(known.map(String.init).joined(separator: ", "))")
      }
      return try value(name, number, try keys(&state), &state)
    }
  }

  public func contains(_ name: String) throws -> Bool { try state.withLock { try versions(&$0)[name] != nil } }

  /// The name of the secret with this name or id.
  public func name(of nameOrID: String) throws -> String { try state.withLock { try resolve(nameOrID, &$0) } }

  /// A key for values that are kept elsewhere (`purpose`), which stays the same whatever becomes of the store's other keys.
  ///
  /// A store without a keyring does not get one by this: what only compares leaves nothing behind. `keepKeys` before anything under the key is kept.
  public func derivedKey(_ purpose: String) throws -> SymmetricKey {
    try state.withLock { state in
      guard state.keys == nil, !keyring.exists, try versions(&state).isEmpty else { return deriveKey(purpose, try keys(&state).vault) }
      let coming = state.comingVault ?? SymmetricKey(size: .bits256)
      state.comingVault = coming
      return deriveKey(purpose, coming)
    }
  }

  /// Makes what `derivedKey` has given out last longer than this process.
  public func keepKeys() throws {
    try state.withLock { state in
      if state.keys == nil, state.comingVault != nil { _ = try keys(&state) }
    }
  }

  // MARK: inside

  func deriveKey(_ purpose: String, _ vault: SymmetricKey) -> SymmetricKey {
    HKDF<SHA256>.deriveKey(inputKeyMaterial: vault, info: Array(purpose.utf8), outputByteCount: 32)
  }

  /// Sixteen hexadecimal digits.
  func fingerprint(_ value: [UInt8], _ name: String, _ keys: Keyring) -> String {
    var code = HMAC<SHA256>(key: deriveKey("fingerprint", keys.vault))
    code.update(data: Array(name.utf8) + [0])
    code.update(data: value)
    return hexadecimal(code.finalize().prefix(8))
  }

  func resolve(_ nameOrID: String, _ state: inout State) throws -> String {
    let all = try versions(&state)
    if all[nameOrID] != nil { return nameOrID }
    if !all.isEmpty, nameOrID.utf8.count == SecretID.length {
      let keys = try self.keys(&state)
      for (name, numbers) in all {
        if let last = numbers.last, let head = try? head(name, last, keys, &state), head.id == nameOrID { return name }
      }
    }
    throw SecretStoreError.missing(nameOrID)
  }

  private func secret(_ name: String, _ numbers: [Int], _ keys: Keyring, _ state: inout State, checksValues: Bool) -> StoredSecret {
    var secret = StoredSecret(name: name, id: "", labels: [:], versions: [], created: 0)
    for number in numbers {
      var version = StoredSecret.Version(number: number, created: 0, size: 0, fingerprint: "", damage: nil)
      do {
        let head = try head(name, number, keys, &state)
        version.created = head.created
        version.size = head.size
        version.fingerprint = head.fingerprint
        secret.id = head.id
        secret.labels = head.labels
        secret.created = head.first
        if checksValues { _ = try value(name, number, keys, &state) }
      } catch let error as SecretStoreError {
        version.damage = error.message
      } catch {
        version.damage = "\(error)"
      }
      secret.versions.append(version)
    }
    return secret
  }

  func head(_ name: String, _ number: Int, _ keys: Keyring, _ state: inout State) throws -> RecordHead {
    let file = fileName(name, number)
    if let known = state.heads[file] { return known }
    let head = try checkedHead(try record(name, number), name, number, keys)
    state.heads[file] = head
    return head
  }

  private func value(_ name: String, _ number: Int, _ keys: Keyring, _ state: inout State) throws -> [UInt8] {
    let record = try record(name, number)
    let head = try checkedHead(record, name, number, keys)
    do {
      let value = try record.value(keys)
      guard value.count == head.size else { throw NotOpened() }
      state.heads[fileName(name, number)] = head
      return value
    } catch {
      throw SecretStoreError.damaged(name, version: number, "was changed on disk: its value is not what was stored")
    }
  }

  func record(_ name: String, _ number: Int) throws -> SecretRecord {
    let path = directory + "/" + fileName(name, number)
    let bytes: [UInt8]
    do throws(KernelError) {
      let file = try Descriptor.open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY)
      let status = try file.status()
      guard status.kind == .regular, status.links == 1 else {
        throw KernelError("open(2)", errno: EINVAL, operands: [path])
      }
      bytes = try file.readAll(limit: Self.limit + SecretRecord.headLimit + SecretRecord.overhead)
    } catch {
      switch error.errno {
      case ENOENT: throw SecretStoreError.damaged(name, version: number, "has vanished from the disk")
      case EINVAL, ELOOP: throw SecretStoreError.damaged(name, version: number, "is not a file of the store any more")
      case EFBIG: throw SecretStoreError.damaged(name, version: number, "was changed on disk: it is longer than any secret")
      default: throw SecretStoreError(.storage, "version \(number) of the secret \"\(name)\" cannot be read: \(error.reason)")
      }
    }
    guard let record = SecretRecord(bytes) else {
      throw SecretStoreError.damaged(name, version: number, "was changed on disk: it is cut off or not a secret's record")
    }
    return record
  }

  private func checkedHead(_ record: SecretRecord, _ name: String, _ number: Int, _ keys: Keyring) throws -> RecordHead {
    let head: RecordHead
    do {
      head = try record.head(keys)
    } catch {
      throw SecretStoreError.damaged(
        name, version: number,
        keys.master(record.masterID) == nil
          ? "was changed on disk, or is from another machine's store" : "was changed on disk: what is said of it is not what was stored")
    }
    guard head.name == name, head.version == number else {
      throw SecretStoreError.damaged(name, version: number, "was exchanged for version \(head.version) of \"\(head.name)\"")
    }
    return head
  }

  func fileName(_ name: String, _ number: Int) -> String { "\(name)@\(number)" }
}
