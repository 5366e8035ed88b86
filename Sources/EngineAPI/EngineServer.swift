public import Backend
import Glibc
import Hummingbird
import NIOPosix

/// The engine's HTTP API on a unix socket: translates requests into calls of a backend, nothing more.
public struct EngineServer: Sendable {
  let backend: any Backend
  let socket: String

  /// - Parameter socket: Absolute path, 100 bytes at most; its directory must exist. A socket left there by an engine that died is replaced.
  public init(backend: any Backend, socket: String) {
    self.backend = backend
    self.socket = socket
  }

  /// Serves until the task is cancelled; then no request is under way any more and the socket is gone.
  ///
  /// - Parameter onReady: Called once the socket accepts.
  /// - Throws: `EngineError` when the socket cannot be made.
  public func run(onReady: @escaping @Sendable () -> Void = {}) async throws {
    guard socket.utf8.count <= 100 else {
      throw EngineError(.invalid, subject: socket, "a socket's path can have 100 bytes", hint: "set MUSTER_RUN_DIR to a shorter directory")
    }
    // Bound under another name and renamed when its mode is right: nobody can connect in between, and a stale socket is replaced at once.
    let fresh = socket + ".new"
    let (bound, binding) = AsyncStream<Void>.makeStream()
    let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
    let application = Application(
      router: engineRouter(backend), configuration: ApplicationConfiguration(address: .unixDomainSocket(path: fresh)),
      onServerRunning: { _ in binding.yield() }, eventLoopGroupProvider: .shared(group))
    let outcome: Result<Void, any Error>
    do {
      try await withThrowingTaskGroup(of: Void.self) { tasks in
        tasks.addTask { try await application.run() }
        tasks.addTask {
          var started = bound.makeAsyncIterator()
          guard await started.next() != nil else { return }
          try publish(fresh, as: socket)
          onReady()
          // Ends when this task is cancelled.
          _ = await started.next()
        }
        defer { tasks.cancelAll() }
        try await tasks.next()
      }
      outcome = .success(())
    } catch {
      outcome = .failure(error)
    }
    unlink(socket)
    try? await group.shutdownGracefully()
    if case .failure(let error) = outcome, !Task.isCancelled, !(error is CancellationError) {
      throw error as? EngineError ?? EngineError(.unavailable, subject: socket, "cannot serve: \(error)")
    }
  }
}

/// Gives a bound socket its mode and its name.
private func publish(_ fresh: String, as socket: String) throws {
  guard chmod(fresh, 0o600) == 0, rename(fresh, socket) == 0 else {
    throw EngineError(.unavailable, subject: socket, "cannot be made: \(String(cString: strerror(errno)))")
  }
}
