import Backend
import ContainerRuntime
import Glibc
import Synchronization

extension LocalBackend {
  /// Carries input to a process and its output to whoever looks on, until it has ended and its output is told.
  ///
  /// Who looks on may go, which is the task's cancellation: the process is not waited for then. It finds its input at the end, its output with nobody
  /// behind it and its terminal hung up, and ends by that or goes on, as it likes; the container's first process is not hung up on.
  func follow(
    _ streams: ProcessStreams, of shim: Shim, session: UInt32, hasTerminal: Bool, keepsInput: Bool = false,
    input: AsyncStream<SessionInput>, output: @escaping @Sendable (SessionOutput) async -> Void,
    exit: @escaping @Sendable () async -> Int32?
  ) async throws -> Int32 {
    let departure = Departure()
    let draining = Task { await streams.drain { await output(.bytes($0, stream: $1 ? .stderr : .stdout)) } }
    let feeding = Task {
      for await item in input {
        switch item {
        case .bytes(let bytes): await streams.write(bytes)
        case .endOfInput:
          streams.closeInput()
          try? await shim.closeInput(session: session)
        case .resize(let rows, let columns): try? await shim.resize(session: session, rows: rows, columns: columns)
        case .signal(let number): try? await shim.signal(number, session: session)
        case .detach:
          departure.take()
          draining.cancel()
        }
      }
    }
    defer { feeding.cancel() }
    await withTaskCancellationHandler {
      await draining.value
    } onCancel: {
      draining.cancel()
    }
    if departure.isTaken {
      streams.close()
      return 0
    }
    if !Task.isCancelled, let code = await exit() { return code }
    streams.close()
    if !keepsInput { try? await shim.closeInput(session: session) }
    if hasTerminal { try? await shim.signal(SIGHUP, session: session) }
    throw CancellationError()
  }
}

/// That who looked on has left, while the process goes on.
private final class Departure: Sendable {
  private let state = Atomic(false)
  var isTaken: Bool { state.load(ordering: .relaxed) }
  func take() { state.store(true, ordering: .relaxed) }
}
