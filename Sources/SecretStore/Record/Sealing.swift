import Crypto
import FoundationEssentials

/// Nonce and tag of a box, in bytes.
let boxOverhead = 12 + 16

/// Something is not what was sealed, or not under this key. Which of the two, nobody can tell.
struct NotOpened: Error {}

/// Seals with ChaCha20-Poly1305 (RFC 8439) under a random nonce: nonce, ciphertext, tag.
func seal(_ plain: [UInt8], _ key: SymmetricKey, _ context: [UInt8]) throws -> [UInt8] {
  Array(try ChaChaPoly.seal(plain, using: key, authenticating: context).combined)
}

/// Opens what `seal` made in the same context.
func open(_ box: [UInt8], _ key: SymmetricKey, _ context: [UInt8]) throws(NotOpened) -> [UInt8] {
  do {
    return Array(try ChaChaPoly.open(ChaChaPoly.SealedBox(combined: box), using: key, authenticating: context))
  } catch {
    throw NotOpened()
  }
}

extension SymmetricKey {
  var bytes: [UInt8] { withUnsafeBytes { Array($0) } }
}

/// Two digits a byte.
func hexadecimal(_ bytes: some Sequence<UInt8>) -> String {
  bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
}

/// What `hexadecimal` wrote; nil: not that.
func decodeHexadecimal(_ text: String) -> [UInt8]? {
  let digits = Array(text)
  guard digits.count % 2 == 0 else { return nil }
  var bytes: [UInt8] = []
  for at in stride(from: 0, to: digits.count, by: 2) {
    guard let high = digits[at].hexDigitValue, let low = digits[at + 1].hexDigitValue else { return nil }
    bytes.append(UInt8(high << 4 | low))
  }
  return bytes
}
