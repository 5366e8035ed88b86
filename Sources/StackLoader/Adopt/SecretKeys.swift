/// How a new secret is called: in the stack, and in the engine's store.
struct SecretKeys {
  private let taken: Set<String>
  private let project: String

  init(_ model: Node, project: String) {
    taken = Set(model["secrets"]?.mapping?.keys ?? [])
    self.project = project
  }

  /// The key, and `PROJECT_KEY`, since the store is one for all projects.
  func key(for variable: String, of service: String, wanted: String?) throws(AdoptionRefusal) -> (key: String, stored: String) {
    if let wanted {
      guard !taken.contains(wanted) else {
        throw AdoptionRefusal("the stack has a secret \"\(wanted)\" already", hint: "give another --name")
      }
      guard Names.isKey(wanted), Self.isPlain(wanted) else {
        throw AdoptionRefusal(
          "\"\(wanted)\" is not a name for a secret", hint: "names have letters, digits, '_', '.' and '-', and begin with a letter")
      }
      return (wanted, try stored(wanted))
    }
    let own = Self.key(variable)
    for key in [own, Self.key(service) + "_" + own] where !key.isEmpty && !taken.contains(key) && Self.isPlain(key) {
      return (key, try stored(key))
    }
    throw AdoptionRefusal("the stack has a secret \"\(own)\" already", hint: "name the new one with --name")
  }

  /// `MYSQL_ROOT_PASSWORD` → `mysql_root_password`
  static func key(_ text: String) -> String {
    text.lowercased().split { !($0.isASCII && ($0.isLetter || $0.isNumber)) }.joined(separator: "_")
  }

  private func stored(_ key: String) throws(AdoptionRefusal) -> String {
    let name = "\(project)_\(key)"
    guard name.utf8.count <= 64, name.utf8.last.map(isWordByte) ?? false, !name.hasSuffix("_") else {
      throw AdoptionRefusal(
        "\"\(name)\" is not a name for a secret of the store", hint: "give another one with --name: 64 characters at most")
    }
    return name
  }

  /// YAML reads it as a text when it is not quoted.
  private static func isPlain(_ key: String) -> Bool {
    guard let first = key.utf8.first, (0x41...0x5A).contains(first) || (0x61...0x7A).contains(first) else { return false }
    return !["true", "false", "yes", "no", "on", "off", "null", "y", "n"].contains(key.lowercased())
  }
}
