/// Characters for generated values.
public enum SecretCharset: String, CaseIterable, Sendable {
  /// Letters and digits: nothing that a shell, a URL or a configuration file reads as something else.
  case alphanumeric
  /// Those, and punctuation.
  case ascii
  case digits
  /// Lower-case hexadecimal digits.
  case hex
  /// Letters, digits, `-` and `_`.
  case urlsafe

  var characters: [UInt8] {
    let letters = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz".utf8)
    let digits = Array("0123456789".utf8)
    return switch self {
    case .alphanumeric: letters + digits
    case .ascii: Array(0x21...0x7E)
    case .digits: digits
    case .hex: digits + Array("abcdef".utf8)
    case .urlsafe: letters + digits + Array("-_".utf8)
    }
  }
}

extension SecretStore {
  /// Random characters from the kernel's source, each equally likely.
  public static func generate(length: Int, _ charset: SecretCharset) throws(SecretStoreError) -> [UInt8] {
    guard (1...limit).contains(length) else {
      throw SecretStoreError(.invalid, "a length of \(length) is not possible", hint: "from 1 to \(limit)")
    }
    let characters = charset.characters
    var generator = SystemRandomNumberGenerator()
    return (0..<length).map { _ in characters[Int.random(in: 0..<characters.count, using: &generator)] }
  }
}
