import ArgumentParser
import Backend
import Diagnostics
import Glibc

@main
enum Main {
  /// Not `async`: the first thread of such a program leaves by `pthread_exit(3)`, for which a program without libraries sorts the tables of all
  /// its functions first, 20 ms long.
  static func main() {
    // Not on this thread, which only waits.
    Task { @concurrent in exit(await status(of: Array(CommandLine.arguments.dropFirst()))) }
    while true { pause() }
  }

  private static func status(of arguments: [String]) async -> Int32 {
    do {
      return try await withTrace(of: arguments) { await untraced(arguments) }
    } catch {
      Output().error("\(error)")
      return 1
    }
  }

  /// Parses, carries out, and tells what failed.
  private static func untraced(_ arguments: [String]) async -> Int32 {
    let output = Output()
    do {
      let (options, command) = try traced("parse") {
        let (options, rest) = try splitGlobals(arguments)
        return (options, try parsed(rest))
      }
      guard let command = command as? any StackCommand else {
        var command = command
        try command.run()
        return 0
      }
      if options.dryRun, !type(of: command).canBeTried {
        throw Exit(1, "--dry-run: it cannot be told beforehand what \"\(type(of: command)._commandName)\" would do")
      }
      return try await command.perform(try Context(options: options, output: output))
    } catch let exit as Exit {
      if let message = exit.message { output.error(message) }
      return exit.code
    } catch let error as EngineError {
      output.error(text(of: error))
      return 1
    } catch is CancellationError {
      output.error("canceled")
      return 130
    } catch {
      // Help and version are answers, everything else is a wrong command line or a failure.
      let isAnswer = Muster.exitCode(for: error) == .success
      let message = Muster.fullMessage(for: error)
      if isAnswer { output.write(message + "\n") } else { output.error(message) }
      return isAnswer ? 0 : 1
    }
  }
}

/// `web: port 80 is taken`, and on the next line what to do.
func text(of error: EngineError) -> String {
  let lines = error.description.split(separator: "\n", omittingEmptySubsequences: false).map { visible(String($0)) }
  return lines.joined(separator: "\n") + (error.hint.map { "\n  hint: " + visible($0) } ?? "")
}

/// The command that the arguments are. What is wrong with them, and help, comes from the whole tree of commands, which takes longer to build than
/// most commands take.
private func parsed(_ arguments: [String]) throws -> any ParsableCommand {
  var type: any ParsableCommand.Type = Muster.self
  var rest = arguments[...]
  while let name = rest.first,
    let next = type.configuration.subcommands.first(where: { $0._commandName == name || $0.configuration.aliases.contains(name) })
  {
    type = next
    rest = rest.dropFirst()
  }
  if type != Muster.self, type.configuration.subcommands.isEmpty, let command = try? type.parseAsRoot(Array(rest)),
    Swift.type(of: command) == type
  {
    return command
  }
  try checkCommand(arguments)
  return try Muster.parseAsRoot(arguments)
}

/// An unknown subcommand, with the one that was probably meant.
private func checkCommand(_ arguments: [String]) throws {
  guard let name = arguments.first, !name.hasPrefix("-"), name != "help" else { return }
  let known = Muster.configuration.subcommands.flatMap { [$0._commandName] + $0.configuration.aliases }
  guard !known.contains(name) else { return }
  // Docker's words that are said of a kind here.
  let kinds = [
    "rename": "container rename", "diff": "container diff", "rmi": "image rm", "tag": "image tag",
    "save": "image save", "load": "image load", "import": "image import", "df": "system df",
    "stack": "up", "service": "ps", "builder": "system prune", "buildx": "image build", "compose": "up", "swarm": "up",
    "node": "system info",
    "checkpoint": "container pause", "viz": "plan",
  ]
  let meant = (kinds[name] ?? nearestName(to: name, among: known)).map { "; did you mean \"\($0)\"?" } ?? ""
  throw Exit(1, "unknown command \"\(visible(name))\" for muster\(meant)\nSee 'muster --help'.")
}
