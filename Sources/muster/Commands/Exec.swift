import ArgumentParser
import Backend
import Glibc
import StackModel

/// `muster exec`.
struct Exec: StackCommand {
  static let configuration = CommandConfiguration(commandName: "exec", abstract: "Run a command in a running container.").ofSubcommand
  @Flag(name: .shortAndLong, help: "Leave it running in the background.") var detach = false
  @Option(name: .shortAndLong, help: ArgumentHelp("A variable.", valueName: "name=value")) var env: [String] = []
  @Option(help: "Which container of the service.") var index = 1
  @Flag(name: .shortAndLong, inversion: .prefixedNo, help: ArgumentHelp("Pass standard input on.", visibility: .hidden)) var interactive =
    true
  @Flag(name: [.customShort("T"), .customLong("no-tty"), .customLong("no-TTY")], help: "No terminal (default: one when this is one).")
  var noTTY = false
  @Flag(name: .shortAndLong, help: ArgumentHelp("A terminal.", visibility: .hidden)) var tty = false
  @Flag(help: "All capabilities.") var privileged = false
  @Option(name: .shortAndLong, help: ArgumentHelp("The user.", valueName: "user[:group]")) var user: String?
  @Option(name: .shortAndLong, help: "The working directory.") var workdir: String?
  @Argument var service: String
  @Argument(parsing: .captureForPassthrough) var command: [String]

  func perform(_ context: Context) async throws -> Int32 {
    let hasTerminal = !detach && !noTTY && isatty(0) == 1 && (tty || isatty(1) == 1)
    if tty && !noTTY && !detach && isatty(0) != 1 { throw Exit(1, "the input device is not a TTY") }
    var exec = SessionRequest.Exec(
      project: try context.project(), service: ServiceName(service), index: index, command: withoutTerminator(command))
    exec.environment = try variables(env, context)
    exec.user = user
    exec.workingDirectory = workdir
    exec.hasTerminal = hasTerminal
    exec.isInteractive = interactive && !detach
    exec.isPrivileged = privileged
    exec.isDetached = detach
    let session = Session(request: .exec(exec), hasTerminal: hasTerminal, isInteractive: exec.isInteractive)
    return try await session.run(on: try await context.engine(), context.output)
  }
}

/// `--` before a command is the command line's, not the command's.
func withoutTerminator(_ command: [String]) -> [String] { command.first == "--" ? Array(command.dropFirst()) : command }

/// `NAME=VALUE`, or `NAME` for the value that it has here.
func variables(_ entries: [String], _ context: Context, option: String = "-e") throws -> [String: String] {
  var found: [String: String] = [:]
  for entry in entries {
    let parts = entry.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
    guard !parts[0].isEmpty else { throw Exit(1, "\(option) \(entry): write NAME=VALUE") }
    if let value = parts.count == 2 ? parts[1] : context.environment[parts[0]] { found[parts[0]] = value }
  }
  return found
}
