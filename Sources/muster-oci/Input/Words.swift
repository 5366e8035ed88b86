/// The words of a command line, taken apart as runc takes them: `--name value`, `--name=value`, `-n value`, `-name`.
struct Words {
  /// What a command knows.
  struct Grammar {
    /// Flags with a value, and the short ones' long names.
    var values: Set<String> = []
    var switches: Set<String> = []
    var short: [String: String] = [:]
    /// Words after the first that is no flag are the program's own.
    var stopsAtWord = false
  }

  private(set) var values: [String: [String]] = [:]
  private(set) var switches: Set<String> = []
  private(set) var plain: [String] = []

  init(_ words: ArraySlice<String>, _ grammar: Grammar, command: String) throws {
    var rest = words
    while let word = rest.popFirst() {
      if word == "--" {
        plain += rest
        return
      }
      guard word.hasPrefix("-"), word != "-", !(word.dropFirst().first?.isNumber ?? false) else {
        plain.append(word)
        if grammar.stopsAtWord {
          plain += rest
          return
        }
        continue
      }
      let parts = word.drop { $0 == "-" }.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
      let name = grammar.short[parts[0]] ?? parts[0]
      if grammar.switches.contains(name) {
        switch parts.count > 1 ? parts[1] : "true" {
        case "true", "1", "t": switches.insert(name)
        case "false", "0", "f": switches.remove(name)
        default: throw Failure("\(command): --\(name) is true or false, not \(parts[1])")
        }
      } else if grammar.values.contains(name) {
        guard let value = parts.count > 1 ? parts[1] : rest.popFirst() else { throw Failure("\(command): --\(name) needs a value") }
        values[name, default: []].append(value)
      } else {
        throw Failure("\(command): the flag \(word) is not known")
      }
    }
  }

  func has(_ name: String) -> Bool { switches.contains(name) }
  func last(_ name: String) -> String? { values[name]?.last }
  func all(_ name: String) -> [String] { values[name] ?? [] }

  func number<Number: FixedWidthInteger>(_ name: String, _ type: Number.Type = Number.self) throws -> Number? {
    guard let text = last(name) else { return nil }
    guard let number = Number(text) else { throw Failure("--\(name): \(text) is not a number") }
    return number
  }

  /// The container's id, which is the first word.
  func id(_ command: String) throws -> String {
    guard let id = plain.first else { throw Failure("\(command): the container's id is missing") }
    return id
  }

  /// No more words than that many.
  func expect(_ most: Int, _ command: String) throws {
    if plain.count > most { throw Failure("\(command): \(plain[most]) is one word too many") }
  }
}
