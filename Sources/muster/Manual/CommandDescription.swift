import ArgumentParser
import FoundationEssentials

/// A command as it is declared: what ArgumentParser writes down of it (`--experimental-dump-help`).
struct CommandDescription: Decodable {
  var commandName: String
  var abstract: String?
  var discussion: String?
  var aliases: [String]?
  var shouldDisplay: Bool?
  var subcommands: [CommandDescription]?
  var arguments: [ArgumentDescription]?

  /// All of this program's.
  static func all() throws -> CommandDescription {
    struct Document: Decodable { var command: CommandDescription }
    return try JSONDecoder().decode(Document.self, from: Data(Muster._dumpHelp().utf8)).command
  }

  /// Those that a help page has.
  var shownSubcommands: [CommandDescription] { (subcommands ?? []).filter { $0.shouldDisplay ?? true && $0.commandName != "help" } }
  var shownArguments: [ArgumentDescription] { (arguments ?? []).filter(\.shouldDisplay) }
}

/// An argument, an option or a flag.
struct ArgumentDescription: Decodable {
  enum Kind: String, Decodable { case positional, option, flag }
  struct Name: Decodable {
    var kind: String
    var name: String
    /// `--all`, `-a`.
    var written: String { (kind == "long" ? "--" : "-") + name }
  }
  var kind: Kind
  var shouldDisplay: Bool
  var isOptional: Bool
  var isRepeating: Bool
  var names: [Name]?
  var valueName: String?
  var defaultValue: String?
  var abstract: String?
  var allValues: [String]?

  /// Its names, one letter first.
  var writtenNames: [String] {
    let names = (names ?? []).map(\.written)
    return names.filter { !$0.hasPrefix("--") } + names.filter { $0.hasPrefix("--") }
  }
}
