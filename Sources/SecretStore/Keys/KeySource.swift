import Crypto
import CryptoExtras
import FoundationEssentials

/// Where the key comes from that the store's other keys are sealed under.
public enum KeySource: Equatable, Sendable, CustomStringConvertible {
  /// A file of 32 random bytes, made at the first use.
  case file(String)
  /// A file with a passphrase; a trailing newline does not count.
  case passphrase(String)
  /// A credential of the engine's systemd unit (`LoadCredentialEncrypted=`, `systemd-creds(1)`): 32 bytes, or 64 hexadecimal digits.
  case credential(String)

  /// `file:PATH`, `passphrase:PATH`, `credential:NAME`.
  public init?(_ text: String) {
    let parts = text.split(separator: ":", maxSplits: 1).map(String.init)
    guard parts.count == 2, !parts[1].utf8.contains(0) else { return nil }
    switch parts[0] {
    case "file" where parts[1].hasPrefix("/"): self = .file(parts[1])
    case "passphrase" where parts[1].hasPrefix("/"): self = .passphrase(parts[1])
    case "credential" where !parts[1].contains("/") && parts[1] != "." && parts[1] != "..": self = .credential(parts[1])
    default: return nil
    }
  }

  public var description: String {
    switch self {
    case .file(let path): "file:" + path
    case .passphrase(let path): "passphrase:" + path
    case .credential(let name): "credential:" + name
    }
  }

  /// The keys that it gives now, the current one first; a file has a second one while it is being changed.
  func keys(_ cost: PassphraseCost?, credentials: String?) throws(SecretStoreError) -> [SymmetricKey] {
    switch self {
    case .file(let path): return try KeyFile.keys(path)
    case .passphrase(let path):
      guard let cost, cost.isBearable else {
        throw SecretStoreError(.locked, "the keyring says nothing of how its passphrase becomes a key")
      }
      return [try cost.key(from: try KeyFile.passphrase(path))]
    case .credential(let name):
      guard let credentials else {
        throw SecretStoreError(
          .locked, "the secrets' key is the credential \"\(name)\", and the engine was given no credentials",
          hint: "start musterd from a systemd unit with LoadCredentialEncrypted=\(name)")
      }
      return [try KeyFile.credential(credentials + "/" + name)]
    }
  }
}

/// How a passphrase becomes a key: scrypt (RFC 7914) with these costs.
struct PassphraseCost: Codable, Equatable {
  var salt: [UInt8]
  /// A power of two; 128 × rounds × blockSize bytes of memory.
  var rounds = 1 << 15
  var blockSize = 8
  var parallelism = 1

  static func fresh() -> PassphraseCost { PassphraseCost(salt: SymmetricKey(size: .bits256).bytes) }

  /// The keyring is only a file: what it asks for must not be the machine's memory.
  var isBearable: Bool {
    (1 << 14...1 << 20).contains(rounds) && rounds & (rounds - 1) == 0 && (1...32).contains(blockSize) && (1...16).contains(parallelism)
      && salt.count >= 16
  }

  func key(from passphrase: [UInt8]) throws(SecretStoreError) -> SymmetricKey {
    do {
      return try KDF.Scrypt.deriveKey(
        from: passphrase, salt: salt, outputByteCount: 32, rounds: rounds, blockSize: blockSize, parallelism: parallelism,
        maxMemory: 256 * rounds * blockSize)
    } catch {
      throw SecretStoreError(.locked, "no key could be made of the passphrase")
    }
  }
}
