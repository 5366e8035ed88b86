import ArgumentParser
import Backend
import EngineClient
import Glibc
import Reconciler
import StackModel

/// `muster container run`.
struct ContainerRun: StackCommand {
  static let configuration = CommandConfiguration(
    commandName: "run", abstract: "Run a command in a new container of an image.",
    discussion: "Example: muster container run --rm -it -v ./site:/srv:ro debian bash", helpNames: .long)
  @OptionGroup var options: RunOptions
  @Flag(name: .shortAndLong, help: "Leave it running in the background and print its id.") var detach = false
  @Option(help: ArgumentHelp("How to leave (default: ctrl-p,ctrl-q).", valueName: "keys")) var detachKeys: String?
  @Option(help: ArgumentHelp("Pass signals on to the process: true or false.", valueName: "bool")) var sigProxy = true
  @Argument(help: "[REGISTRY/]NAME[:TAG or @DIGEST]") var image: String
  @Argument(parsing: .captureForPassthrough) var command: [String] = []

  func perform(_ context: Context) async throws -> Int32 {
    let keys = try detachKeys.map { try DetachKeys($0) } ?? .standard
    if detach, !options.attach.isEmpty { throw Exit(125, "conflicting options: cannot specify both --attach and --detach") }
    let attached = detach ? [] : options.attached
    let takesInput = options.interactive && attached.contains(.input)
    if options.tty, takesInput, isatty(0) != 1 { throw Exit(125, "the input device is not a TTY") }
    if !options.interactive, attached.contains(.input) {
      context.output.error("warning: --attach stdin: the container reads no standard input\n  hint: -i keeps it open")
    }
    let made = try await options.create(image, withoutTerminator(command), attached: attached, context)
    let engine = try await context.engine()
    let shown = attached.subtracting(.input)
    if !takesInput, shown.isEmpty { return try await start(made, engine, context) }
    var request = SessionRequest.Attach(container: made.id.rawValue)
    request.starts = true
    request.isInteractive = takesInput
    let isTerminal = options.tty && isatty(0) == 1
    var session = Session(
      request: .attach(request), hasTerminal: isTerminal, isInteractive: takesInput, forwardsSignals: sigProxy && !isTerminal,
      detachKeys: keys)
    // Docker's: what cannot be seen ending can be found by its id.
    (session.shown, session.printsID) = (shown, shown.isEmpty)
    do {
      return try await session.run(on: engine, context.output)
    } catch let error as EngineError {
      throw Exit(125, text(of: error))
    }
  }

  /// In the background. Why it could not begin is Docker's exit status.
  private func start(_ made: ObservedContainer, _ engine: EngineClient, _ context: Context) async throws -> Int32 {
    do {
      for note in try await engine.act(on: made.id.rawValue, .start) { context.output.error("warning: " + note) }
    } catch let error as EngineError {
      let code = try? await engine.container(made.id.rawValue).exitCode
      if options.rm { _ = try? await engine.act(on: made.id.rawValue, .remove(force: true, volumes: true)) }
      throw Exit(code ?? 125, text(of: error))
    }
    context.output.write(made.id.rawValue + "\n")
    return 0
  }
}
