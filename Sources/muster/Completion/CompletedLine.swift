import ArgumentParser

/// A command line as far as it is written: which command it is, and what may follow.
struct CompletedLine {
  /// What a command's arguments are.
  enum Kind { case service, serviceOrPath, container, containerOrPath, image, volume, network, secret, job, none }

  static let globalOptions = [
    "--file", "--project-name", "--project-directory", "--env-file", "--profile", "--parallel", "--dry-run", "--all-resources", "--strict",
    "--progress", "--ansi", "--help", "--version",
  ]
  let subcommands: [String]
  let options: [String]
  let kind: Kind

  init(_ words: [String]) {
    var command: any ParsableCommand.Type = Muster.self
    var path: [String] = []
    for word in words where !word.hasPrefix("-") {
      let inner = command.configuration.subcommands.first { ([$0._commandName] + $0.configuration.aliases).contains(word) }
      guard let inner else { break }
      command = inner
      path.append(inner._commandName)
    }
    subcommands = command.configuration.subcommands.filter { $0.configuration.shouldDisplay }.map { $0._commandName }
    options = Self.options(in: Muster.helpMessage(for: command))
    kind = Self.kind(of: path)
  }

  /// The long names that stand at the beginning of a help page's lines.
  static func options(in help: String) -> [String] {
    help.split(separator: "\n").flatMap { line -> [String] in
      let text = line.drop { $0 == " " }
      guard line.hasPrefix("  -") || line.hasPrefix("   ") && text.hasPrefix("--") else { return [] }
      return text.split(whereSeparator: { " ,/".contains($0) }).prefix { $0.hasPrefix("-") || $0.hasPrefix("<") }.filter {
        $0.hasPrefix("--")
      }
      .map(String.init)
    }
  }

  private static func kind(of path: [String]) -> Kind {
    switch path.first {
    case "container":
      guard path.count > 1, !["create", "run", "ls", "prune"].contains(path[1]) else {
        return path.count > 1 && path[1] != "ls" ? .image : .none
      }
      return path[1] == "cp" ? .containerOrPath : .container
    case "image": return path.count > 1 && ["import", "load", "ls", "prune", "search"].contains(path[1]) ? .none : .image
    case "manifest": return .image
    case "volume": return path.count > 1 && ["create", "ls", "prune"].contains(path[1]) ? .none : .volume
    case "network": return path.count > 1 && ["create", "ls", "prune"].contains(path[1]) ? .none : .network
    case "secret": return path.count > 1 && ["create", "generate", "ls", "rotate-key", "adopt"].contains(path[1]) ? .none : .secret
    case "job": return path.count > 1 && path[1] == "ls" ? .none : .job
    case "cp": return .serviceOrPath
    case "up", "down", "ps", "logs", "exec", "run", "start", "stop", "restart", "kill", "rm", "create", "build", "pull", "push", "port",
      "commit", "export", "pause", "unpause", "top", "stats", "attach", "scale", "volumes", "wait", "images", "plan", "config", "events":
      return .service
    default: return .none
    }
  }
}
