import Crypto
import FoundationEssentials

/// A version of a secret as a file: `MUSTERS1`, the head's length (u32, big endian), the head, the data key sealed by a master key (that key's id,
/// then the box), the value sealed by the data key.
///
/// Both boxes have the head as additional data: none can be moved to another name, version or date.
struct SecretRecord {
  var headBytes: [UInt8]
  var masterID: KeyID
  var wrappedKey: [UInt8]
  var sealedValue: [UInt8]

  static let magic = Array("MUSTERS1".utf8)
  /// Longest head, in bytes: labels are in it.
  static let headLimit = 32 << 10
  /// What a file has beside head and value.
  static let overhead = magic.count + 4 + KeyID.length + boxOverhead + 32 + boxOverhead

  /// Where the master key's id stands, and behind it the box with the data key.
  var keyOffset: Int { Self.magic.count + 4 + headBytes.count }

  /// Seals a value.
  init(_ head: RecordHead, value: [UInt8], master: Keyring.Key) throws {
    headBytes = try head.encoded()
    guard headBytes.count <= Self.headLimit else {
      throw SecretStoreError(.invalid, "the labels of \"\(head.name)\" are too long", hint: "a secret has 30 KiB of labels at most")
    }
    let dataKey = SymmetricKey(size: .bits256)
    masterID = master.id
    wrappedKey = try seal(dataKey.bytes, master.key, Self.context(headBytes))
    sealedValue = try seal(value, dataKey, Self.context(headBytes))
  }

  /// nil: not a record.
  init?(_ bytes: [UInt8]) {
    let start = Self.magic.count + 4
    guard bytes.count >= start, bytes.starts(with: Self.magic) else { return nil }
    let length = bytes[Self.magic.count..<start].reduce(0) { $0 << 8 | Int($1) }
    guard length <= Self.headLimit, bytes.count >= length + Self.overhead else { return nil }
    let keyStart = start + length
    let boxStart = keyStart + KeyID.length
    let valueStart = boxStart + boxOverhead + 32
    headBytes = Array(bytes[start..<keyStart])
    masterID = KeyID(bytes: Array(bytes[keyStart..<boxStart]))
    wrappedKey = Array(bytes[boxStart..<valueStart])
    sealedValue = Array(bytes[valueStart...])
  }

  var bytes: [UInt8] {
    let count = UInt32(headBytes.count)
    let length = [UInt8(count >> 24), UInt8(count >> 16 & 255), UInt8(count >> 8 & 255), UInt8(count & 255)]
    return Self.magic + length + headBytes + masterID.bytes + wrappedKey + sealedValue
  }

  /// The head, when it is the one that was sealed; throws when it is not.
  func head(_ keys: Keyring) throws -> RecordHead {
    _ = try dataKey(keys)
    return try JSONDecoder().decode(RecordHead.self, from: Data(headBytes))
  }

  func value(_ keys: Keyring) throws -> [UInt8] {
    try open(sealedValue, try dataKey(keys), Self.context(headBytes))
  }

  /// The same under another master key; the data key stays.
  func rewrapped(from keys: Keyring, to master: Keyring.Key) throws -> SecretRecord {
    var copy = self
    copy.wrappedKey = try seal(try dataKey(keys).bytes, master.key, Self.context(headBytes))
    copy.masterID = master.id
    return copy
  }

  private func dataKey(_ keys: Keyring) throws -> SymmetricKey {
    guard let master = keys.master(masterID) else { throw NotOpened() }
    return SymmetricKey(data: try open(wrappedKey, master.key, Self.context(headBytes)))
  }

  private static func context(_ head: [UInt8]) -> [UInt8] { Array("muster secret\0".utf8) + head }
}
