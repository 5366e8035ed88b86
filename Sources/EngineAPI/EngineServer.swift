public import Backend
import Glibc
import Hummingbird
import NIOPosix
import ServiceLifecycle

/// The engine's HTTP API on a unix socket: translates requests into calls of a backend, nothing more.
public struct EngineServer: Sendable {
  let backend: any Backend
  let socket: String

  /// - Parameter socket: Absolute path, 100 bytes at most; its directory must exist. A socket left there by an engine that died is replaced.
  public init(backend: any Backend, socket: String) {
    self.backend = backend
    self.socket = socket
  }

  /// Serves until the task is cancelled; when this returns no request is under way any more and the socket is gone.
  ///
  /// - Parameters:
  ///   - onReady: Called once the socket accepts.
  ///   - onQuiet: Called whenever nobody has asked for anything for a while.
  /// - Throws: `EngineError` when the socket cannot be made.
  public func run(onReady: @escaping @Sendable () -> Void = {}, onQuiet: @escaping @Sendable () -> Void = {}) async throws {
    guard socket.utf8.count <= 100 else {
      throw EngineError(.invalid, subject: socket, "a socket's path can have 100 bytes", hint: "set MUSTER_RUN_DIR to a shorter directory")
    }
    // Bound under another name and renamed when its mode is right: nobody can connect in between, and a stale socket is replaced at once.
    let fresh = socket + ".new"
    let (bound, binding) = AsyncStream<Void>.makeStream()
    let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
    let application = Application(
      router: engineRouter(backend, onQuiet: onQuiet), configuration: ApplicationConfiguration(address: .unixDomainSocket(path: fresh)),
      onServerRunning: { _ in binding.yield() }, eventLoopGroupProvider: .shared(group))
    var configuration = ServiceGroupConfiguration(services: [.init(service: application)], logger: application.logger)
    configuration.maximumGracefulShutdownDuration = .milliseconds(500)
    let services = ServiceGroup(configuration: configuration)
    let publishing = Task {
      for await _ in bound {
        do {
          try publish(fresh, as: socket)
          return onReady()
        } catch {
          await services.triggerGracefulShutdown()
          throw error
        }
      }
    }
    let serving = Task { try await services.run() }
    let outcome = await withTaskCancellationHandler {
      await serving.result
    } onCancel: {
      // First nobody new is let in, then what is under way has half a second, then it is cut off. All at once would let NIO drop a connection
      // that has just come, which ends the process.
      Task { await services.triggerGracefulShutdown() }
    }
    publishing.cancel()
    let published = await publishing.result
    unlink(socket)
    try? await group.shutdownGracefully()
    try published.get()
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
