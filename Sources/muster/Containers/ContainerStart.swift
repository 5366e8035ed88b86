import ArgumentParser
import Backend
import EngineClient
import Reconciler

/// `muster container start`.
struct ContainerStart: StackCommand {
  static let configuration = CommandConfiguration(
    commandName: "start", abstract: "Start containers that exist.", discussion: "Example: muster container start -ai shell")
  @Flag(name: .shortAndLong, help: "Look on at it, and end with its exit code.") var attach = false
  @Flag(name: .shortAndLong, help: "Pass standard input on.") var interactive = false
  @Option(help: ArgumentHelp("How to leave (default: ctrl-p,ctrl-q).", valueName: "keys")) var detachKeys: String?
  @Argument(help: "Names or ids.") var containers: [String]

  func perform(_ context: Context) async throws -> Int32 {
    guard attach || interactive else { return try await context.act(on: containers, .start) }
    guard containers.count == 1, let name = containers.first else {
      throw Exit(1, "you cannot start and attach multiple containers at once")
    }
    let container = try await context.engine().container(name)
    var options = AttachOptions()
    (options.detachKeys, options.noStdin, options.sigProxy) = (detachKeys, !interactive, true)
    let isRunning = container.state == .running
    return try await options.attach(to: container, starts: !isRunning, isInteractive: interactive, context)
  }
}
