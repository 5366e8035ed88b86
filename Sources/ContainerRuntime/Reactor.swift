import Glibc
import LinuxKit
import Synchronization

/// One thread that waits for the connections of all shims.
final class Reactor: Sendable {
  private struct State {
    var handlers: [UInt64: @Sendable (Epoll.Readiness) -> Void] = [:]
    var next: UInt64 = 1
    var isClosed = false
  }
  private let epoll: Epoll
  private let wakeup: Wakeup
  private let state = Mutex(State())

  init() throws(KernelError) {
    epoll = try Epoll()
    wakeup = try Wakeup()
    try epoll.add(wakeup.number, .read, token: 0)
  }

  /// Starts the thread, which ends after `close`.
  func run() throws(KernelError) {
    let box = Unmanaged.passRetained(self)
    var thread = pthread_t()
    let error = pthread_create(
      &thread, nil,
      { argument in
        guard let argument else { return nil }
        Unmanaged<Reactor>.fromOpaque(argument).takeRetainedValue().loop()
        return nil
      }, box.toOpaque())
    guard error == 0 else {
      box.release()
      throw KernelError("pthread_create(3)", errno: error)
    }
    pthread_detach(thread)
  }

  func close() {
    state.withLock {
      $0.isClosed = true
      $0.handlers = [:]
    }
    wakeup.signal()
  }

  /// Calls `handler` on the reactor's thread whenever the descriptor is ready, until `forget`.
  func watch(_ number: Int32, _ readiness: Epoll.Readiness, _ handler: @escaping @Sendable (Epoll.Readiness) -> Void) throws(KernelError)
    -> UInt64
  {
    let token = state.withLock { state in
      defer { state.next += 1 }
      state.handlers[state.next] = handler
      return state.next
    }
    do throws(KernelError) {
      try epoll.add(number, readiness, token: token)
    } catch {
      state.withLock { $0.handlers[token] = nil }
      throw error
    }
    return token
  }

  func change(_ token: UInt64, _ number: Int32, _ readiness: Epoll.Readiness) {
    try? epoll.change(number, readiness, token: token)
  }

  func forget(_ token: UInt64, _ number: Int32) {
    state.withLock { $0.handlers[token] = nil }
    try? epoll.remove(number)
  }

  private func loop() {
    while !state.withLock({ $0.isClosed }) {
      var ready: [Epoll.Event] = []
      _ = try? epoll.wait { ready.append($0) }
      for event in ready {
        let handler = state.withLock { $0.handlers[event.token] }
        handler?(event.readiness)
      }
    }
  }
}
