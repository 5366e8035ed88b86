import ArgumentParser
import Backend
import EngineClient
import Glibc
import Reconciler
import StackModel

/// What `attach` takes, of a container or of a service.
struct AttachOptions: ParsableArguments {
  @Option(help: ArgumentHelp("How to leave (default: ctrl-p,ctrl-q).", valueName: "keys")) var detachKeys: String?
  @Flag(help: "Do not pass standard input on.") var noStdin = false
  @Option(help: ArgumentHelp("Pass signals on to the process: true or false.", valueName: "bool")) var sigProxy = true

  /// Looks on at a container's first process to its end.
  func attach(to container: ObservedContainer, starts: Bool = false, isInteractive: Bool = true, _ context: Context) async throws -> Int32 {
    let keys = try detachKeys.map { try DetachKeys($0) } ?? .standard
    let options = container.spec.options
    let takesInput = isInteractive && !noStdin && options.isInteractive
    let hasTerminal = options.hasTerminal
    if hasTerminal, takesInput, isatty(0) != 1 { throw Exit(1, "the input device is not a TTY") }
    var request = SessionRequest.Attach(container: container.id.rawValue)
    request.starts = starts
    request.isInteractive = takesInput
    let isTerminal = hasTerminal && isatty(0) == 1
    var session = Session(
      request: .attach(request), hasTerminal: isTerminal, isInteractive: takesInput, forwardsSignals: sigProxy && !isTerminal,
      detachKeys: keys)
    // Who only looks on does not take the input away from others.
    session.passesEnd = starts
    return try await session.run(on: try await context.engine(), context.output)
  }
}
