import Crypto
import FoundationEssentials

/// Says which key something is sealed under without saying anything about the key.
struct KeyID: Hashable, CustomStringConvertible {
  static let length = 8
  let bytes: [UInt8]

  init(bytes: [UInt8]) { self.bytes = bytes }

  init(_ key: SymmetricKey) {
    bytes = Array(HMAC<SHA256>.authenticationCode(for: Array("muster key id".utf8), using: key).prefix(Self.length))
  }

  var description: String { hexadecimal(bytes) }
}
