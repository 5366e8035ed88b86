import Glibc
import LinuxKit
import Synchronization

/// Lets tasks wait until a pipe, a socket or a terminal is ready, without holding a thread each: one thread waits for all.
final class Poller: Sendable {
  private struct State {
    var waiting: [UInt64: (number: Int32, continuation: CheckedContinuation<Void, Never>)] = [:]
    var nextToken: UInt64 = 1
    var isClosed = false
  }
  private let epoll: Epoll
  private let wakeup: Wakeup
  private let state = Mutex(State())
  private static let once = Epoll.Readiness(rawValue: 1 << 30)

  init() throws(KernelError) {
    epoll = try Epoll()
    wakeup = try Wakeup()
    try epoll.add(wakeup.number, .read, token: 0)
    startThread { [self] in loop() }
  }

  /// Ends the thread; who waits goes on at once, as does who comes later.
  func close() {
    let waiting = state.withLock { state in
      state.isClosed = true
      defer { state.waiting = [:] }
      return state.waiting.values
    }
    for (_, continuation) in waiting { continuation.resume() }
    wakeup.signal()
  }

  /// Returns when the descriptor is ready or hung up, or when the task is cancelled. One task a descriptor and direction.
  func wait(_ descriptor: SharedDescriptor, for readiness: Epoll.Readiness) async {
    let number = descriptor.number
    let token = state.withLock { state in
      defer { state.nextToken += 1 }
      return state.nextToken
    }
    await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in
        let isWaiting = state.withLock { state in
          guard !state.isClosed, !Task.isCancelled else { return false }
          state.waiting[token] = (number, continuation)
          do throws(KernelError) {
            try epoll.add(number, [readiness, Self.once], token: token)
          } catch {
            // A regular file (EPERM) is always ready.
            state.waiting[token] = nil
            return false
          }
          return true
        }
        if !isWaiting { continuation.resume() }
      }
    } onCancel: {
      finish(token)
    }
  }

  private func finish(_ token: UInt64) {
    let found = state.withLock { state in
      let found = state.waiting.removeValue(forKey: token)
      if let found { try? epoll.remove(found.number) }
      return found
    }
    found?.continuation.resume()
  }

  private func loop() {
    while !state.withLock({ $0.isClosed }) {
      var ready: [UInt64] = []
      _ = try? epoll.wait { ready.append($0.token) }
      for token in ready where token != 0 { finish(token) }
    }
  }
}
