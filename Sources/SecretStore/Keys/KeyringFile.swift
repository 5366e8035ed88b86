import Crypto
import FoundationEssentials
import Glibc
import LinuxKit
import SystemPackage

/// The keyring on disk, twice: a damaged sector must not cost every secret.
struct KeyringFile {
  let directory: String
  /// `$CREDENTIALS_DIRECTORY`.
  let credentials: String?
  private var paths: [String] { [directory + "/keyring", directory + "/keyring.copy"] }

  /// Reads and unseals it; nil: there is none yet. `source`: where the key is now, when it is not where the keyring says.
  func load(source wanted: KeySource?) throws -> Keyring? {
    var failure: SecretStoreError?
    var isThere = false
    for path in paths where KeyFile.exists(path) {
      isThere = true
      do {
        let bytes = try Descriptor.open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK).readAll(limit: 1 << 20)
        guard let sealed = try? JSONDecoder().decode(Keyring.Sealed.self, from: Data(bytes)), sealed.format == 1,
          let source = wanted ?? KeySource(sealed.source)
        else {
          failure =
            failure ?? SecretStoreError(.locked, "the secrets' keyring \(path) is damaged", hint: "restore \(directory) from a backup")
          continue
        }
        let keys = try source.keys(sealed.cost, credentials: credentials)
        do {
          return try Keyring(sealed, source: source, keys: keys)
        } catch {
          failure =
            failure
            ?? SecretStoreError(
              .locked, "\(source) is not the key of the secrets in \(directory), or their keyring is damaged",
              hint: "give the engine the right key: MUSTER_SECRETS_KEY=file:PATH, passphrase:PATH or credential:NAME")
        }
      } catch let error as SecretStoreError {
        failure = failure ?? error
      } catch {
        failure = failure ?? SecretStoreError(.locked, "the secrets' keyring \(path) cannot be read: \(error)")
      }
    }
    if let failure { throw failure }
    return isThere ? nil : nil
  }

  /// Whether there is a keyring, readable or not.
  var exists: Bool { paths.contains { KeyFile.exists($0) } }

  /// Replaces both, one after the other: after a crash one of them is whole, and the first is never older than the second.
  func save(_ keyring: Keyring) throws {
    let bytes = try keyring.sealed()
    for path in paths { try atomicWrite(FilePath(path), bytes, mode: 0o600) }
  }

  /// Makes the copies equal again.
  func repair(_ keyring: Keyring) throws {
    let contents = paths.map { try? Descriptor.open($0, O_RDONLY | O_NOFOLLOW).readAll(limit: 1 << 20) }
    guard contents[0] != contents[1] else { return }
    try save(keyring)
  }
}
