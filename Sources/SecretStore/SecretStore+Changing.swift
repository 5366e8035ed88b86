import Glibc
import LinuxKit
import Synchronization
import SystemPackage

extension SecretStore {
  /// Stores a new secret.
  @discardableResult
  public func create(_ name: String, _ value: [UInt8], labels: [String: String] = [:]) throws -> StoredSecret {
    try SecretNameRules.check(name)
    return try state.withLock { state in
      guard try versions(&state)[name] == nil else {
        throw SecretStoreError(
          .exists, "there is a secret \"\(name)\" already", hint: "give it another value: muster secret rotate \(name) FILE")
      }
      let now = WallClock.nanoseconds()
      return try add(
        RecordHead(name: name, version: 1, id: SecretID.random(), first: now, created: now, size: 0, labels: labels, fingerprint: ""),
        value,
        &state)
    }
  }

  /// Gives a secret another value: a new version. The older ones stay, up to `keptVersions`.
  @discardableResult
  public func rotate(_ nameOrID: String, _ value: [UInt8]) throws -> StoredSecret {
    try state.withLock { state in
      let name = try resolve(nameOrID, &state)
      return try add(try nextHead(name, &state), value, &state)
    }
  }

  /// Gives a secret the value again that it had in an older version, as a new version.
  @discardableResult
  public func rotate(_ nameOrID: String, toVersion number: Int) throws -> StoredSecret {
    let name = try name(of: nameOrID)
    return try rotate(name, try value(of: name, version: number))
  }

  /// Replaces the labels; the value stays, in a new version.
  @discardableResult
  public func relabel(_ nameOrID: String, _ labels: [String: String]) throws -> StoredSecret {
    let name = try name(of: nameOrID)
    let value = try value(of: name)
    return try state.withLock { state in
      var head = try nextHead(name, &state)
      head.labels = labels
      return try add(head, value, &state)
    }
  }

  /// Removes a secret with all its versions, the newest last: no older value comes back when the engine dies half way.
  public func remove(_ nameOrID: String) throws {
    try state.withLock { state in
      let name = try resolve(nameOrID, &state)
      let place = try checkedDirectory()
      // First: half of a removal is finished at the next start.
      try writing("the removal of \"\(name)\"") { try note(.removed(name, WallClock.nanoseconds()), &state) }
      for number in try versions(&state)[name] ?? [] {
        let file = fileName(name, number)
        guard unlinkat(place.number, file, 0) == 0 || errno == ENOENT else {
          throw SecretStoreError(.storage, "the secret \"\(name)\" could not be removed: \(KernelError.reason(errno))")
        }
        state.heads[file] = nil
        state.versions?[name]?.removeAll { $0 == number }
      }
      state.versions?[name] = nil
      state.vanished[name] = nil
      try place.synchronize()
    }
  }

  /// The head of the version after the newest; labels and id are those of the newest one that is whole.
  private func nextHead(_ name: String, _ state: inout State) throws -> RecordHead {
    let numbers = try versions(&state)[name] ?? []
    let keys = try self.keys(&state)
    let now = WallClock.nanoseconds()
    var next = RecordHead(
      name: name, version: 0, id: SecretID.random(), first: now, created: now, size: 0, labels: [:], fingerprint: "")
    for number in numbers.reversed() {
      if let whole = try? head(name, number, keys, &state) {
        next = whole
        break
      }
    }
    next.version = (numbers.last ?? 0) + 1
    next.created = now
    return next
  }

  /// Writes one version down.
  private func add(_ wanted: RecordHead, _ value: [UInt8], _ state: inout State) throws -> StoredSecret {
    guard !value.isEmpty else { throw SecretStoreError(.invalid, "the value of \"\(wanted.name)\" is empty") }
    guard value.count <= Self.limit else {
      throw SecretStoreError(.invalid, "the value of \"\(wanted.name)\" has \(value.count) bytes", hint: "a secret has 1 MiB at most")
    }
    let keys = try self.keys(&state)
    var head = wanted
    head.size = value.count
    head.fingerprint = fingerprint(value, head.name, keys)
    let record = try SecretRecord(head, value: value, master: keys.current)
    let file = fileName(head.name, head.version)
    try writing("the secret \"\(head.name)\"") {
      _ = try checkedDirectory()
      try atomicWrite(FilePath(directory + "/" + file), record.bytes, mode: 0o600)
      do {
        try note(.added(head.name, head.version), &state)
      } catch {
        // One that is not in the ledger would count after the next start.
        unlink(directory + "/" + file)
        throw error
      }
    }
    if let gone = state.vanished.removeValue(forKey: head.name) { state.versions?[head.name]?.removeAll { $0 == gone } }
    state.versions?[head.name, default: []].append(head.version)
    state.heads[file] = head
    forgetOldVersions(of: head.name, &state)
    let numbers = state.versions?[head.name] ?? []
    return StoredSecret(
      name: head.name, id: head.id, labels: head.labels,
      versions: numbers.map { number in
        let known = state.heads[fileName(head.name, number)]
        return .init(
          number: number, created: known?.created ?? 0, size: known?.size ?? 0, fingerprint: known?.fingerprint ?? "", damage: nil)
      }, created: head.first)
  }

  private func forgetOldVersions(of name: String, _ state: inout State) {
    while let numbers = state.versions?[name], numbers.count > Self.keptVersions {
      let file = fileName(name, numbers[0])
      // One that cannot be removed is tried again with the next version.
      guard unlink(directory + "/" + file) == 0 || errno == ENOENT else { return }
      state.heads[file] = nil
      state.versions?[name]?.removeFirst()
    }
  }
}
