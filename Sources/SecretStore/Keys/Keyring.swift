import Crypto
import FoundationEssentials

/// The store's own keys, unsealed: master keys that data keys are sealed under, and one for what the engine seals elsewhere.
///
/// On disk they are sealed under the key-encryption key that a `KeySource` gives; changing that one changes only the keyring.
struct Keyring {
  struct Key {
    let id: KeyID
    let key: SymmetricKey
    init(_ key: SymmetricKey) {
      id = KeyID(key)
      self.key = key
    }
  }

  var source: KeySource
  /// With a passphrase.
  var cost: PassphraseCost?
  /// What seals the others.
  var encryption: Key
  /// The current one first; more only while records are being sealed anew.
  var masters: [Key]
  /// Seals values in the database and makes fingerprints; stays the same for ever, so that fingerprints do.
  var vault: SymmetricKey
  /// The store has a ledger: one that is missing was taken away.
  var hasLedger = false

  var current: Key { masters[0] }
  func master(_ id: KeyID) -> Key? { masters.first { $0.id == id } }

  /// A new store's.
  init(source: KeySource, cost: PassphraseCost?, encryption: SymmetricKey) {
    self.source = source
    self.cost = cost
    self.encryption = Key(encryption)
    masters = [Key(SymmetricKey(size: .bits256))]
    vault = SymmetricKey(size: .bits256)
  }

  /// As it lies on disk.
  struct Sealed: Codable, Equatable {
    struct Entry: Codable, Equatable {
      var id: String
      var box: Data
    }
    var format = 1
    var source: String
    var encryption: String
    var cost: PassphraseCost?
    var masters: [Entry]
    var vault: Data
  }

  func sealed() throws -> [UInt8] {
    let sealed = Sealed(
      source: source.description, encryption: encryption.id.description, cost: cost,
      masters: try masters.map {
        .init(id: $0.id.description, box: Data(try seal($0.key.bytes, encryption.key, Self.context($0.id.description))))
      },
      vault: Data(try seal(vault.bytes, encryption.key, Self.context(hasLedger ? Self.vaultWithLedger : "vault"))))
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .prettyPrinted, .withoutEscapingSlashes]
    return Array(try encoder.encode(sealed)) + [0x0A]
  }

  /// Unseals with the first of the keys that fits.
  init(_ sealed: Sealed, source: KeySource, keys: [SymmetricKey]) throws(NotOpened) {
    guard let encryption = keys.first(where: { KeyID($0).description == sealed.encryption }), !sealed.masters.isEmpty else {
      throw NotOpened()
    }
    self.source = source
    cost = sealed.cost
    self.encryption = Key(encryption)
    var masters: [Key] = []
    for entry in sealed.masters {
      masters.append(Key(SymmetricKey(data: try open(Array(entry.box), encryption, Self.context(entry.id)))))
    }
    self.masters = masters
    let box = Array(sealed.vault)
    if let opened = try? open(box, encryption, Self.context(Self.vaultWithLedger)) {
      vault = SymmetricKey(data: opened)
      hasLedger = true
    } else {
      vault = SymmetricKey(data: try open(box, encryption, Self.context("vault")))
    }
  }

  /// Not to be taken off unseen, as a flag beside it could be.
  private static let vaultWithLedger = "vault, with a ledger"

  private static func context(_ name: String) -> [UInt8] { Array("muster keyring\0\(name)".utf8) }
}
