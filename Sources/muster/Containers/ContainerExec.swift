import ArgumentParser
import Backend
import EngineClient
import Glibc
import StackModel

/// `muster container exec`.
struct ContainerExec: StackCommand {
  static let configuration = CommandConfiguration(
    commandName: "exec", abstract: "Run a command in a running container.",
    discussion: "Example: muster container exec -it shop-web-1 sh")
  @Flag(name: .shortAndLong, help: "Leave it running in the background.") var detach = false
  @Option(help: ArgumentHelp("How to leave (default: ctrl-p,ctrl-q).", valueName: "keys")) var detachKeys: String?
  @Option(name: .shortAndLong, parsing: .singleValue, help: ArgumentHelp("A variable.", valueName: "name=value")) var env: [String] = []
  @Option(parsing: .singleValue, help: ArgumentHelp("A file of variables.", valueName: "file")) var envFile: [String] = []
  @Flag(name: .shortAndLong, help: "Pass standard input on.") var interactive = false
  @Flag(help: "All capabilities.") var privileged = false
  @Flag(name: .shortAndLong, help: "A terminal.") var tty = false
  @Option(name: .shortAndLong, help: ArgumentHelp("The user.", valueName: "user[:group]")) var user: String?
  @Option(name: .shortAndLong, help: "The working directory.") var workdir: String?
  @Argument(help: "A name or an id.") var container: String
  @Argument(parsing: .captureForPassthrough) var command: [String]

  func perform(_ context: Context) async throws -> Int32 {
    if tty, interactive, !detach, isatty(0) != 1 { throw Exit(1, "the input device is not a TTY") }
    var exec = SessionRequest.Exec(project: "", service: "", command: withoutTerminator(command))
    exec.container = container
    exec.environment = try variables(try envFile.flatMap { try environmentLines($0) } + env, context)
    exec.user = user
    exec.workingDirectory = workdir
    exec.hasTerminal = tty && !detach
    exec.isInteractive = interactive && !detach
    exec.isPrivileged = privileged
    exec.isDetached = detach
    let session = Session(
      request: .exec(exec), hasTerminal: exec.hasTerminal && isatty(0) == 1, isInteractive: exec.isInteractive,
      detachKeys: try detachKeys.map { try DetachKeys($0) } ?? .standard)
    return try await session.run(on: try await context.engine(), context.output)
  }
}
