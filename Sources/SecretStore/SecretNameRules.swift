/// What a secret can be called: as Docker's, up to 64 letters, digits, `-`, `_` and `.`, the first and the last a letter or a digit.
enum SecretNameRules {
  static func isName(_ name: String) -> Bool {
    let bytes = Array(name.utf8)
    guard let first = bytes.first, let last = bytes.last, bytes.count <= 64, isAlphanumeric(first), isAlphanumeric(last) else {
      return false
    }
    return bytes.allSatisfy { isAlphanumeric($0) || $0 == 0x2D || $0 == 0x5F || $0 == 0x2E }
  }

  static func check(_ name: String) throws(SecretStoreError) {
    guard isName(name) else {
      throw SecretStoreError(
        .invalid, "\"\(name)\" is not a name for a secret",
        hint: "names have up to 64 letters, digits, '-', '_' and '.', and begin and end with a letter or digit")
    }
  }

  private static func isAlphanumeric(_ byte: UInt8) -> Bool {
    (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
  }
}

/// Ids as Docker's: 25 lower-case letters and digits.
enum SecretID {
  static let length = 25

  static func random() -> String {
    let characters = Array("0123456789abcdefghijklmnopqrstuvwxyz")
    return String((0..<length).map { _ in characters.randomElement() ?? "0" })
  }
}
