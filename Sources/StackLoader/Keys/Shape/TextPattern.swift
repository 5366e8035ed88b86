/// The patterns of the Compose Specification's schema. None is anchored unless it says so.
enum TextPattern: String, Sendable {
  case name = "^[a-zA-Z0-9._-]+$"
  case lowerCase = "^[a-z]+$"
  case notEmpty = "^.+$"
  case something = ".+"
  case containerName = "[a-zA-Z0-9][a-zA-Z0-9_.-]+"
  case pullPolicy = "always|never|build|if_not_present|missing|refresh|daily|weekly|every_([0-9]+[wdhms])+"

  func matches(_ text: String) -> Bool {
    switch self {
    case .name: !text.isEmpty && text.utf8.allSatisfy(Self.isWord)
    case .lowerCase: !text.isEmpty && text.utf8.allSatisfy { (0x61...0x7A).contains($0) }
    case .notEmpty: !text.isEmpty && !text.utf8.contains(0x0A)
    case .something: text.utf8.contains { $0 != 0x0A }
    case .containerName:
      zip(text.utf8, text.utf8.dropFirst()).contains { Self.isWord($0) && Self.isAlphanumeric($0) && Self.isWord($1) }
    case .pullPolicy:
      ["always", "never", "build", "if_not_present", "missing", "refresh", "daily", "weekly"].contains { text.contains($0) }
        || Self.namesAnAge(text)
    }
  }

  /// What fits it, in words.
  var advice: String {
    switch self {
    case .name: "names have letters, digits, '_', '.' and '-'"
    case .lowerCase: "names here have lower-case letters only"
    case .notEmpty, .something: "it must not be empty"
    case .containerName: "it has letters, digits, '_', '.', '-', at least two of them, and starts with a letter or digit"
    case .pullPolicy: "there are always, missing, never, build, daily, weekly and every_AGE, as every_12h"
    }
  }

  /// `every_([0-9]+[wdhms])+` somewhere in the text.
  private static func namesAnAge(_ text: String) -> Bool {
    var rest = Array(text.utf8)[...]
    let word = Array("every_".utf8)
    while rest.count > word.count {
      if rest.starts(with: word) {
        let after = rest.dropFirst(word.count)
        let digits = after.prefix { (0x30...0x39).contains($0) }
        if !digits.isEmpty, let unit = after.dropFirst(digits.count).first, "wdhms".utf8.contains(unit) { return true }
      }
      rest = rest.dropFirst()
    }
    return false
  }

  private static func isAlphanumeric(_ byte: UInt8) -> Bool {
    (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
  }

  private static func isWord(_ byte: UInt8) -> Bool {
    isAlphanumeric(byte) || byte == UInt8(ascii: "_") || byte == UInt8(ascii: ".") || byte == UInt8(ascii: "-")
  }
}
