/// Which names are those of secrets, and which values are written out.
enum SecretNames {
  /// What a value that may be secret is.
  enum Written {
    /// Here it is, for everyone to read.
    case literally
    /// A variable's default: `${DB_PASSWORD:-hunter2}`.
    case asDefault
  }

  private static let words: Set<String> = [
    "PASSWORD", "PASSWD", "PASSPHRASE", "SECRET", "SECRETS", "TOKEN", "APIKEY", "CREDENTIAL", "CREDENTIALS", "PASSWORDS",
    "DBPASS", "ROOTPASS", "ADMINPASS", "USERPASS", "MAILPASS", "SMTPPASS",
  ]
  private static let pairs: Set<String> = [
    "API KEY", "PRIVATE KEY", "SECRET KEY", "ACCESS KEY", "ENCRYPTION KEY", "MASTER KEY", "AUTH KEY", "SIGNING KEY", "APP KEY",
  ]
  /// What such a name ends in when its value is about a secret and is none.
  private static let harmlessEnds: Set<String> = [
    "FILE", "PATH", "DIR", "DIRECTORY", "NAME", "URL", "URI", "ENDPOINT", "HOST", "ID", "TTL", "EXPIRY", "EXPIRES", "EXPIRATION",
    "EXPIRE", "LIFETIME", "DURATION", "TIMEOUT", "AGE", "INTERVAL", "LENGTH", "SIZE", "COUNT", "LIMIT", "POLICY", "ENABLED", "ENABLE",
    "DISABLED", "REQUIRED", "TYPE", "HEADER", "ISSUER", "ALGORITHM", "ROUNDS", "VERSION", "RESET", "METHOD", "MODE", "PREFIX", "FIELD",
    "MINUTES", "SECONDS", "HOURS", "DAYS", "AUTHENTICATION", "AUTH", "STRENGTH", "COOKIE", "PROVIDER", "BACKEND", "ENV", "VAR", "COMMAND",
    "HASHER", "HASHERS", "HASHING", "ENCRYPTION", "PATTERN", "REGEX", "PROMPT", "HINT", "LOGIN", "CHANGE", "STORE", "CLASS", "LEVEL",
  ]
  /// Anywhere in a name: the secret is made or left out by whoever reads it.
  private static let harmlessWords: Set<String> = [
    "ALLOW", "RANDOM", "DISABLE", "NO", "SKIP", "FORGOT", "MIN", "MAX", "REQUIRE", "USE", "ENABLE",
  ]

  /// `MYSQL_ROOT_PASSWORD`, `apiKey`, `--auth-token`, but not `PASSWORD_FILE`, `TOKEN_TTL` or `MYSQL_ALLOW_EMPTY_PASSWORD`.
  static func isSecret(_ name: String) -> Bool {
    let words = split(name)
    guard let last = words.last, !harmlessEnds.contains(last), name != "PWD", name != "OLDPWD" else { return false }
    guard harmlessWords.isDisjoint(with: words) else { return false }
    // PASS and PWD stand for other things too, but not at the end.
    if last == "PASS" || last == "PWD" || words.contains(where: isClear) { return true }
    return zip(words, words.dropFirst()).contains { pairs.contains("\($0) \($1)") && $1 == last }
  }

  private static func isClear(_ word: String) -> Bool {
    words.contains(word) || word.hasSuffix("PASSWORD") || word.hasSuffix("PASSWD")
  }

  /// The words of `DB_PASSWORD`, `db-password`, `dbPassword`, in capitals.
  private static func split(_ name: String) -> [String] {
    var words: [String] = []
    var word = ""
    var previousIsLower = false
    for character in name.prefix(200) {
      let isWordPart = character.isLetter || character.isNumber
      if !isWordPart || (character.isUppercase && previousIsLower) {
        if !word.isEmpty { words.append(word) }
        word = ""
      }
      if isWordPart { word += character.uppercased() }
      previousIsLower = character.isLowercase
    }
    return word.isEmpty ? words : words + [word]
  }

  /// Whether a value, as it is written, gives the secret away.
  static func isWritten(_ value: String) -> Written? {
    if let fallback = literalDefault(value) { return isPlausible(fallback) ? .asDefault : nil }
    let unescaped = value.replacing("$$", with: "")
    return !unescaped.utf8.contains(UInt8(ascii: "$")) && isPlausible(value) ? .literally : nil
  }

  /// The text that `${NAME:-text}` and `${NAME-text}` fall back to, when the value holds one that is no variable itself.
  static func literalDefault(_ value: String) -> String? {
    var rest = value.replacing("$$", with: "  ")[...]
    while let open = rest.firstRange(of: "${") {
      rest = rest[open.upperBound...]
      let name = rest.prefix { $0.isASCII && ($0.isLetter || $0.isNumber) || $0 == "_" }
      var after = rest.dropFirst(name.count)
      if after.first == ":" { after = after.dropFirst() }
      guard !name.isEmpty, after.first == "-" else { continue }
      let fallback = after.dropFirst().prefix { $0 != "}" && $0 != "$" }
      if !fallback.isEmpty { return String(fallback) }
    }
    return nil
  }

  /// `DB_PASSWORD=***` for what would give a secret away in a message.
  static func masked(_ entry: String) -> String {
    guard let equals = entry.firstIndex(of: "="), isSecret(String(entry[..<equals])) else { return entry }
    return entry[...equals] + "***"
  }

  private static let notSecrets: Set<String> = ["", "true", "false", "yes", "no", "on", "off", "null", "none", "0", "1", "***"]

  /// No switch, no path, no address, no blank to fill in.
  private static func isPlausible(_ value: String) -> Bool {
    let trimmed = value.drop { $0 == " " || $0 == "\"" || $0 == "'" }
    if notSecrets.contains(value.lowercased()) || trimmed.isEmpty { return false }
    return !["/", "./", "<", "{", "http://", "https://", "file:", "vault:", "op://", "arn:"].contains { trimmed.hasPrefix($0) }
  }

  /// The password in `scheme://user:password@host`, when it is written out.
  static func passwordInURL(_ text: String) -> Substring? {
    var rest = text[...]
    while let scheme = rest.firstRange(of: "://") {
      let isURL = rest[..<scheme.lowerBound].last.map { $0.isLetter || $0.isNumber } ?? false
      rest = rest[scheme.upperBound...]
      guard isURL, let (colon, at) = userInfo(rest) else { continue }
      let password = rest[rest.index(after: colon)..<at]
      if !password.isEmpty, isWritten(String(password)) != nil, !password.allSatisfy({ $0 == "*" || $0 == "x" }) { return password }
    }
    return nil
  }

  /// The colon and the `@` of `user:password@`. Variables may hold any character: what is in their braces is skipped.
  private static func userInfo(_ text: Substring) -> (colon: Substring.Index, at: Substring.Index)? {
    var depth = 0
    var colon, at: Substring.Index?
    scan: for index in text.indices {
      switch text[index] {
      case "{": depth += 1
      case "}": depth -= 1
      case ":" where depth <= 0: colon = colon ?? index
      case "@" where depth <= 0: at = index
      case "/", "?", "#", " ", "\t", "\n", "\"", "'", ",", ";", "<", ">": if depth <= 0 { break scan }
      default: break
      }
    }
    guard let colon, let at, colon < at else { return nil }
    return (colon, at)
  }
}
