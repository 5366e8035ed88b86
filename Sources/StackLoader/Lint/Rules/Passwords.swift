import Diagnostics

/// Passwords, tokens and keys that are written into the stack file: in the environment, build arguments, labels, commands, addresses.
func checkPasswords(_ lint: Lint) {
  for document in lint.files.documents { maskPasswords(document, lint) }
  for service in lint.services {
    let passwords = Passwords(lint: lint, service: service)
    passwords.checkEnvironment()
    passwords.checkBuildArguments()
    passwords.checkLabels()
    passwords.checkCommands()
  }
}

private struct Passwords {
  let lint: Lint
  let service: LintedService

  func checkEnvironment() {
    lint.files.pairs(service["environment"]).forEach { name, written, entry in
      guard SecretNames.isSecret(name), let kind = SecretNames.isWritten(written) else {
        return checkURL(written, "the variable \(name)", entry)
      }
      tell(.passwordInEnvironment, name, kind, entry, "in its environment", hint: advice(name))
    }
  }

  /// The secret to make, and the variable that takes it.
  private func advice(_ name: String) -> String {
    let secret = name.lowercased().split { !$0.isLetter && !$0.isNumber }.joined(separator: "_")
    if let variable = service.known?.files.variable(for: name) {
      return
        "make a secret \"\(secret)\", give it to the service, and set \(variable): /run/secrets/\(secret) instead: "
        + "muster secret adopt \(service.name) \(name)"
    }
    return
      "make a secret \"\(secret)\" for an application that can read /run/secrets/\(secret); else keep the value out of the file: ${\(name):?}"
  }

  func checkBuildArguments() {
    lint.files.pairs(service["build"]?["args"]).forEach { name, written, entry in
      guard SecretNames.isSecret(name), let kind = SecretNames.isWritten(written) else {
        return checkURL(written, "the build argument \(name)", entry)
      }
      tell(.passwordInBuildArguments, name, kind, entry, "in its build arguments", hint: "give it to the build as a secret: build.secrets")
    }
  }

  func checkLabels() {
    lint.files.pairs(service["labels"]).forEach { name, written, entry in
      guard SecretNames.isSecret(name), let kind = SecretNames.isWritten(written) else {
        return checkURL(written, "the label \(name)", entry)
      }
      tell(.passwordInLabel, name, kind, entry, "in its labels", hint: "keep it in a secret")
    }
  }

  func checkCommands() {
    for (key, node) in [
      ("command", service["command"]), ("entrypoint", service["entrypoint"]), ("healthcheck.test", service["healthcheck"]?["test"]),
    ] {
      guard let node else { continue }
      let items = node.sequence ?? [node]
      var before: (name: String, node: Node)?
      var program: String?
      for item in items {
        guard let written = lint.files.written(item) ?? item.text else { continue }
        if SecretNames.passwordInURL(written) != nil {
          tellURL("its \(key)", item)
          continue
        }
        // A list's items are words; a text, or an item with blanks, is a command line of its own.
        let isLine = node.sequence == nil || written.contains(" ")
        let words = isLine ? Values.words(written) ?? written.split(separator: " ").map(String.init) : [written]
        if isLine { (before, program) = (nil, nil) }
        for word in words {
          if let option = secretOption(word, before: before?.name, program: program) {
            lint.mask(item.place.range)
            lint.tell(
              .passwordInCommand, item.place, service, "\(service.subject): the value of \(option) is written in its \(key)",
              hint: "read it from a secret's file inside the container, or from a variable: \"$$NAME\"")
          }
          before = (word, item)
          let name = word.split(separator: "/").last.map(String.init) ?? word
          if program == nil || isSeparator(word) || Self.mysqlClients.contains(name) { program = isSeparator(word) ? nil : name }
        }
      }
    }
  }

  private static let mysqlClients: Set<String> = ["mysql", "mysqladmin", "mysqldump", "mariadb", "mariadb-admin", "mariadb-dump"]

  private func isSeparator(_ word: String) -> Bool { ["&&", "||", ";", "|"].contains(word) }

  /// The option whose value stands in the command: `--password=x`, `--requirepass x`, `mysql -px`, `PGPASSWORD=x`.
  private func secretOption(_ word: String, before: String?, program: String?) -> String? {
    func isWritten(_ value: some StringProtocol) -> Bool {
      // What a shell fills in is not written here.
      !value.contains("`") && !value.contains("$$") && SecretNames.isWritten(String(value)) != nil
    }
    if let equals = word.firstIndex(of: "="), equals > word.startIndex {
      let name = word[..<equals]
      let isName = name.allSatisfy { $0.isLetter || $0.isNumber || "-_.".contains($0) }
      return isName && SecretNames.isSecret(String(name)) && isWritten(word[word.index(after: equals)...]) ? String(name) : nil
    }
    if let before, before.hasPrefix("-"), !before.contains("="), !word.hasPrefix("-"), isWritten(word) {
      let isSecret = before.hasPrefix("--") && (SecretNames.isSecret(before) || before == "--requirepass")
      let isSqlcmd = before == "-P" && program?.hasPrefix("sqlcmd") == true
      if isSecret || isSqlcmd || (before == "-a" && program == "redis-cli") { return before }
    }
    if let program, Self.mysqlClients.contains(program), word.hasPrefix("-p"), word.count > 2, isWritten(word.dropFirst(2)) { return "-p" }
    return nil
  }

  private func checkURL(_ written: String, _ place: String, _ entry: Mapping.Entry) {
    if SecretNames.passwordInURL(written) != nil { tellURL(place, entry.value) }
  }

  private func tellURL(_ place: String, _ node: Node) {
    lint.mask(scalar(node.place, lint.files))
    lint.tell(
      .passwordInURL, node.place, service, "\(service.subject): \(place) holds an address with a password in it",
      hint: "give user and password apart from the address, the password as a secret; or take it from a variable: ${NAME:?}")
  }

  private func tell(
    _ rule: LintRule, _ name: String, _ kind: SecretNames.Written, _ entry: Mapping.Entry, _ where: String, hint: String
  ) {
    let (shown, hidden) = stretches(name, entry)
    lint.mask(hidden)
    let what = kind == .literally ? "the value of \(name)" : "a default for \(name)"
    lint.tell(rule, entry.value.place, service, "\(service.subject) has \(what) written \(`where`)", hint: hint, range: shown)
  }

  /// The name, which is marked, and the value, which is not shown.
  private func stretches(_ name: String, _ entry: Mapping.Entry) -> (shown: SourceRange, hidden: SourceRange) {
    let (key, place) = (entry.keyPlace, entry.value.place)
    if let written = lint.files.written(entry.value), written.hasPrefix(name + "="), let both = pair(place, lint.files) {
      return (both.name, both.value)
    }
    // A value of a later file keeps the key of the earlier one.
    let isBeside = key.origin.file == place.origin.file && key.start.line == place.start.line && key.start.column < place.start.column
    return (isBeside ? key.range : place.range, scalar(place, lint.files))
  }
}

/// A scalar without its anchor.
private func scalar(_ place: Place, _ files: WrittenFiles) -> SourceRange {
  files.source(place).map { $0.range($0.scalar(at: place), in: place.origin.file) } ?? place.range
}

/// `NAME=value` in one scalar: where the name stands, and where the value, quotes around both left out.
private func pair(_ place: Place, _ files: WrittenFiles) -> (name: SourceRange, value: SourceRange)? {
  guard let source = files.source(place) else { return nil }
  let file = place.origin.file
  var token = source.scalar(at: place)
  let isQuoted = source.bytes[token].first.map { $0 == UInt8(ascii: "\"") || $0 == UInt8(ascii: "'") } ?? false
  if isQuoted { token = token.dropFirst() }
  guard let equals = source.bytes[token].firstIndex(of: UInt8(ascii: "=")) else { return nil }
  let end = isQuoted ? max(equals + 1, token.upperBound - 1) : token.upperBound
  return (source.range(token.lowerBound..<equals, in: file), source.range(equals + 1..<end, in: file))
}

/// Hides every value that is written beside a secret's name, also where another value counts: lines are shown for other reasons too.
private func maskPasswords(_ node: Node, _ lint: Lint) {
  switch node.value {
  case .mapping(let mapping):
    for entry in mapping.entries {
      if let text = entry.value.text, SecretNames.isSecret(entry.key), SecretNames.isWritten(text) != nil {
        lint.mask(scalar(entry.value.place, lint.files))
      } else {
        maskPasswords(entry.value, lint)
      }
    }
  case .sequence(let nodes): for item in nodes { maskPasswords(item, lint) }
  case .string(let text):
    if SecretNames.passwordInURL(text) != nil {
      lint.mask(scalar(node.place, lint.files))
    } else if let equals = text.firstIndex(of: "="), SecretNames.isSecret(String(text[..<equals])),
      SecretNames.isWritten(String(text[text.index(after: equals)...])) != nil, let stretch = pair(node.place, lint.files)
    {
      lint.mask(stretch.value)
    }
  default: break
  }
}
