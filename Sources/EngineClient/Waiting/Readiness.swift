import CLinux
import Glibc
import LinuxKit
import Synchronization

/// Waits for descriptors without holding a thread for each: one thread in `poll(2)`, made at the first wait, serves all.
///
/// Descriptors keep their blocking mode, which may be shared with other programs (a terminal, a pipe): who waits here reads or writes once after.
public final class Readiness: Sendable {
  public static let shared = Readiness()

  private struct Waiter {
    var number: Int32
    var events: Int16
    var continuation: CheckedContinuation<Void, any Error>
  }
  private struct State {
    var waiters: [UInt64: Waiter] = [:]
    var next: UInt64 = 0
    var isRunning = false
  }
  private let state = Mutex(State())
  /// An eventfd, never closed: the one instance lives as long as the process. -1: out of descriptors.
  private let wakeup = clinux_eventfd()

  private init() {}

  /// Returns when a read does not wait: bytes, the end, or an error.
  public func readable(_ number: Int32) async throws { try await wait(number, Int16(POLLIN)) }

  /// Returns when a write does not wait: there is room, or an error.
  public func writable(_ number: Int32) async throws { try await wait(number, Int16(POLLOUT)) }

  private func wait(_ number: Int32, _ events: Int16) async throws {
    let id = state.withLock { state in
      state.next += 1
      return state.next
    }
    try await withTaskCancellationHandler {
      try await withCheckedThrowingContinuation { (continuation: CheckedContinuation<Void, any Error>) in
        if Task.isCancelled { return continuation.resume(throwing: CancellationError()) }
        let isFirst = state.withLock { state in
          state.waiters[id] = Waiter(number: number, events: events, continuation: continuation)
          defer { state.isRunning = true }
          return !state.isRunning
        }
        if isFirst { start() } else { wake() }
        // Cancelled between the look above and the registration: the handler found nothing to end.
        if Task.isCancelled { cancel(id) }
      }
    } onCancel: {
      cancel(id)
    }
  }

  private func cancel(_ id: UInt64) {
    let waiter = state.withLock { $0.waiters.removeValue(forKey: id) }
    waiter?.continuation.resume(throwing: CancellationError())
    wake()
  }

  private func wake() {
    var one: UInt64 = 1
    // A full counter wakes as well.
    _ = write(wakeup, &one, 8)
  }

  private func start() {
    var thread = pthread_t()
    let failure = pthread_create(&thread, nil, { _ in Readiness.shared.run() }, nil)
    if failure == 0, wakeup >= 0 {
      pthread_detach(thread)
    } else {
      failAll(KernelError("pthread_create(3)", errno: failure == 0 ? EMFILE : failure))
    }
  }

  private func failAll(_ error: KernelError) {
    let waiters = state.withLock { state in
      defer { state.waiters = [:] }
      return state.waiters.values
    }
    for waiter in waiters { waiter.continuation.resume(throwing: error) }
  }

  private func run() -> UnsafeMutableRawPointer? {
    while true {
      let waiters = state.withLock { Array($0.waiters) }
      var polled = [pollfd(fd: wakeup, events: Int16(POLLIN), revents: 0)]
      polled += waiters.map { pollfd(fd: $0.value.number, events: $0.value.events, revents: 0) }
      guard poll(&polled, nfds_t(polled.count), -1) > 0 else { continue }
      if polled[0].revents != 0 {
        var count: UInt64 = 0
        _ = read(wakeup, &count, 8)
      }
      for (entry, waiter) in zip(polled.dropFirst(), waiters) where entry.revents != 0 {
        let removed = state.withLock { $0.waiters.removeValue(forKey: waiter.key) }
        removed?.continuation.resume()
      }
    }
  }
}
