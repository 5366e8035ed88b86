import Glibc
import LinuxKit
import ShimProtocol
import Synchronization

/// A connection and the ends that are heard on it: what `Shim` and its sessions share.
final class ShimLink: Sendable {
  /// How the container ended; nil when the shim has vanished without a word.
  let end = Promise<ExitStatus?>()
  private struct State {
    var connection: ShimConnection?
    var sessions: [UInt32: Promise<ExitStatus?>] = [:]
    /// Who wants to know how long a session's beginning takes.
    var watchers: [UInt32: @Sendable ([ShimSpan]) -> Void] = [:]
    var isGone = false
  }
  private let state = Mutex(State())

  /// Connects the link with a socket.
  func open(_ socket: consuming Descriptor, _ reactor: Reactor) throws(KernelError) {
    let connection = try ShimConnection(socket, reactor, onEvent: { [self] in hear($0) }, onClose: { [self] in vanish() })
    state.withLock { $0.connection = connection }
    try connection.open()
  }

  func ask(_ request: ShimRequest, descriptors: [Int32] = []) async throws(ShimError) -> (event: ShimEvent, descriptors: [SharedDescriptor])
  {
    guard let connection = state.withLock({ $0.connection }) else { throw ShimConnection.gone }
    return try await connection.ask(request, descriptors: descriptors).get()
  }

  /// Where the end of a session will be heard; to be called before the session is asked for.
  func expect(_ session: UInt32) -> Promise<ExitStatus?> {
    let promise = Promise<ExitStatus?>()
    let isGone = state.withLock { state in
      state.sessions[session] = promise
      return state.isGone
    }
    if isGone { promise.fulfil(nil) }
    return promise
  }

  /// Hands out what the shim tells of how long the beginning of a session took; nil: no more.
  func trace(_ session: UInt32, _ watcher: (@Sendable ([ShimSpan]) -> Void)?) { state.withLock { $0.watchers[session] = watcher } }

  func forget(_ session: UInt32) { state.withLock { $0.sessions[session] = nil } }

  func close() {
    state.withLock { $0.connection }?.close()
  }

  private func hear(_ event: ShimEvent) {
    if case .took(let session, let spans) = event { return state.withLock { $0.watchers[session] }?(spans) ?? () }
    guard case .exited(let session, let status) = event else { return }
    if session == 0 { return end.fulfil(status) }
    state.withLock { $0.sessions.removeValue(forKey: session) }?.fulfil(status)
  }

  private func vanish() {
    let sessions = state.withLock { state in
      state.isGone = true
      state.connection = nil
      defer { state.sessions = [:] }
      return Array(state.sessions.values)
    }
    // With the container every session has ended.
    for session in sessions { session.fulfil(nil) }
    end.fulfil(nil)
  }
}
