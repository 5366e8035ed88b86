/// A page of the manual's first section, made from a command's declaration.
struct ManualPage {
  /// `muster-system-events`.
  var name: String
  var text: String

  /// The pages of a command and of all below it.
  static func all(of root: CommandDescription, version: String) -> [ManualPage] { pages(root, [], version) }

  private static func pages(_ command: CommandDescription, _ before: [String], _ version: String) -> [ManualPage] {
    let path = before + [command.commandName]
    return [ManualPage(command, path: path, version: version)] + command.shownSubcommands.flatMap { pages($0, path, version) }
  }

  /// `path`: the command's words, `["muster", "system", "events"]`.
  init(_ command: CommandDescription, path: [String], version: String) {
    name = path.joined(separator: "-")
    let prose = Prose(command.discussion ?? "")
    var lines = [
      ".\\\" Made from the program's declarations: what is changed here is lost.",
      ".TH \(Roff.text(name.uppercased())) 1 \"\" \"Muster \(Roff.text(version))\" \"Muster\"", ".SH NAME",
      "\(Roff.text(name)) \\- \(Roff.text(Self.asPhrase(command.abstract ?? command.commandName)))", ".SH SYNOPSIS",
      Self.synopsis(command, path), ".SH DESCRIPTION", Roff.text(command.abstract ?? command.commandName),
    ]
    lines += prose.description
    if let aliases = command.aliases, !aliases.isEmpty {
      lines += [".PP", "It is also called \(aliases.map { Roff.bold($0) }.joined(separator: ", "))."]
    }
    if !command.shownSubcommands.isEmpty { lines += [".SH COMMANDS"] + command.shownSubcommands.flatMap { Self.entry($0, path) } }
    lines += [".SH OPTIONS"] + Self.options(command)
    if path.count > 1 { lines += [".PP", "Options of \(Self.reference([path[0]])), which stand before the subcommand, hold for it too."] }
    if !prose.examples.isEmpty { lines += [".SH EXAMPLES"] + prose.examples }
    lines += [".SH EXIT STATUS"] + Self.statuses(path) + [".SH SEE ALSO", Self.references(command, path)]
    text = lines.joined(separator: "\n") + "\n"
  }

  /// `Show what containers wrote.` as it stands behind a name: `show what containers wrote`.
  private static func asPhrase(_ abstract: String) -> String {
    var phrase = abstract
    if phrase.hasSuffix("."), phrase.dropLast().firstIndex(of: ".") == nil { phrase.removeLast() }
    guard let first = phrase.first, phrase.dropFirst().first?.isLowercase == true else { return phrase }
    return first.lowercased() + phrase.dropFirst()
  }

  private static func synopsis(_ command: CommandDescription, _ path: [String]) -> String {
    var words = [Roff.bold(path[0]), "[\(Roff.italic("global options"))]"] + path.dropFirst().map { Roff.bold($0) }
    if !command.shownSubcommands.isEmpty { words.append(Roff.italic("subcommand")) }
    if command.shownArguments.contains(where: { $0.kind != .positional }) { words.append("[\(Roff.italic("options"))]") }
    for argument in command.shownArguments where argument.kind == .positional {
      let word = Roff.italic(argument.valueName ?? "argument") + (argument.isRepeating ? " ..." : "")
      words.append(argument.isOptional ? "[\(word)]" : word)
    }
    return words.joined(separator: " ")
  }

  private static func entry(_ command: CommandDescription, _ path: [String]) -> [String] {
    [".TP", reference(path + [command.commandName]), Roff.text(command.abstract ?? command.commandName)]
  }

  private static func options(_ command: CommandDescription) -> [String] {
    var lines: [String] = []
    var arguments = command.shownArguments[...]
    while let argument = arguments.popFirst() {
      var names = argument.writtenNames
      // `--pause` and `--no-pause` are two declarations of one flag.
      if argument.kind == .flag, let next = arguments.first, next.kind == .flag,
        let name = argument.valueName, next.valueName == "no-" + name
      {
        names += next.writtenNames
        arguments.removeFirst()
      }
      lines += [".TP", head(argument, names)] + [body(argument)].filter { !$0.isEmpty }
    }
    return lines
  }

  private static func head(_ argument: ArgumentDescription, _ names: [String]) -> String {
    let value = Roff.italic(argument.valueName ?? "value")
    switch argument.kind {
    case .positional: return value + (argument.isRepeating ? " ..." : "")
    case .option: return names.map { Roff.bold($0) }.joined(separator: ", ") + " " + value
    case .flag: return names.map { Roff.bold($0) }.joined(separator: ", ")
    }
  }

  private static func body(_ argument: ArgumentDescription) -> String {
    var sentences = [argument.abstract ?? ""]
    let isSaid = argument.abstract?.contains("default:") == true
    if let usual = argument.defaultValue, argument.kind != .positional || !usual.isEmpty, !isSaid, !usual.isEmpty {
      sentences.append("Default: \(usual).")
    }
    if argument.kind == .option, argument.isRepeating { sentences.append("It may be given several times.") }
    return Roff.text(sentences.filter { !$0.isEmpty }.joined(separator: " "))
  }

  /// What `main` and the commands that run others end with.
  private static func statuses(_ path: [String]) -> [String] {
    func status(_ code: String, _ text: String) -> [String] { [".TP", Roff.bold(code), Roff.text(text)] }
    let words = path.dropFirst().joined(separator: " ")
    let usual =
      status("0", "Everything was done.") + status("1", "Something failed, or the command line is wrong; standard error says what.")
    let interrupted = status("130", "It was interrupted.")
    guard ["run", "exec", "container run", "container exec"].contains(words) else { return usual + interrupted }
    return status("0 to 255", "That of the command that was run.") + status("125", "The container could not be run.")
      + status("126", "The command could not be run.") + status("127", "The command was not found.") + interrupted
  }

  /// `muster-logs(1)`.
  private static func reference(_ path: [String]) -> String { Roff.bold(path.joined(separator: "-")) + "(1)" }

  private static func references(_ command: CommandDescription, _ path: [String]) -> String {
    let above = path.indices.dropFirst().map { Array(path[..<$0]) }
    let below = command.shownSubcommands.map { path + [$0.commandName] }
    let all = above + below
    return all.isEmpty ? Roff.text("https://docs.docker.com/reference/compose-file/") : all.map(reference).joined(separator: ", ")
  }
}

/// A declaration's discussion: sentences, tables that are set as they are written, and examples.
private struct Prose {
  var description: [String] = []
  var examples: [String] = []

  init(_ discussion: String) {
    var isTable = false
    var begins = true
    for line in discussion.split(separator: "\n", omittingEmptySubsequences: false) {
      let written = line.hasPrefix("  ")
      if isTable, !written { description.append(".EE") }
      if let (label, command) = Self.example(line) {
        if label != "Example" { examples += [".PP", Roff.text(label + ":")] }
        examples += [label == "Example" ? ".PP" : "", ".EX", Roff.text(command), ".EE"].filter { !$0.isEmpty }
      } else if line.allSatisfy(\.isWhitespace) {
        begins = true
      } else if written {
        if !isTable { description.append(".EX") }
        description.append(Roff.text(line))
      } else {
        if begins { description.append(".PP") }
        begins = false
        description.append(Roff.text(line))
      }
      isTable = written
    }
    if isTable { description.append(".EE") }
  }

  /// `Example: muster …`, or `bash: muster …`.
  private static func example(_ line: Substring) -> (label: String, command: Substring)? {
    guard let colon = line.firstIndex(of: ":"), line.first?.isLetter == true else { return nil }
    let label = line[..<colon]
    let command = line[line.index(after: colon)...].drop { $0 == " " }
    guard !label.contains(" "), command.hasPrefix("muster ") else { return nil }
    return (String(label), command)
  }
}
