import Backend
import Crypto
import FoundationEssentials
import SecretStore

/// Seals values for the database and tells whether a secret changed without telling what it is.
///
/// AES-256-GCM under a key of the secrets' store, with the value's name as additional data, so that a record cannot be moved to another name. The
/// key is asked for when it is needed: a stack without secrets works while the store is locked.
public struct SecretVault: Sendable {
  let store: SecretStore

  /// Seals the value under its name.
  func seal(_ value: [UInt8], name: String) throws -> [UInt8] {
    guard let box = try AES.GCM.seal(value, using: try key(), authenticating: Array(name.utf8)).combined else {
      throw EngineError(.internal, subject: name, "the value could not be sealed")
    }
    return Array(box)
  }

  /// Opens what `seal` made under the same name.
  func open(_ sealed: [UInt8], name: String) throws -> [UInt8] {
    let key = try key()
    do {
      return Array(try AES.GCM.open(AES.GCM.SealedBox(combined: sealed), using: key, authenticating: Array(name.utf8)))
    } catch {
      throw EngineError(
        .internal, subject: name, "the sealed value is damaged, or was sealed under another key", hint: "run `muster up` again")
    }
  }

  /// Sixteen hexadecimal digits that change with the content and mean nothing without the key.
  func fingerprint(_ value: [UInt8], name: String) throws -> String {
    var code = HMAC<SHA256>(key: try key())
    code.update(data: Array(name.utf8) + [0])
    code.update(data: value)
    return code.finalize().prefix(8).map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
  }

  /// To be called before anything sealed, or a fingerprint, is stored: a store that has no keys yet keeps those that were used.
  func keepKeys() throws { try stored { try store.keepKeys() } }

  private func key() throws -> SymmetricKey { try stored { try store.derivedKey("vault") } }
}

/// What the store refuses, as the engine's error.
func stored<Value>(_ body: () throws -> Value) throws -> Value {
  do {
    return try body()
  } catch let error as SecretStoreError {
    let code: EngineError.Code =
      switch error.kind {
      case .notFound: .notFound
      case .exists: .conflict
      case .invalid: .invalid
      case .damaged, .locked, .storage: .unavailable
      }
    throw EngineError(code, error.message, hint: error.hint)
  }
}
