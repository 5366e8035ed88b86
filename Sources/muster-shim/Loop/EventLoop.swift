import Glibc
import LinuxKit

/// The one thread's wait for everything at once.
final class EventLoop {
  private let epoll: Epoll
  private var handlers: [UInt64: (Epoll.Readiness) -> Void] = [:]
  private var nextToken: UInt64 = 1
  /// When something must be looked at although nothing happens, in milliseconds of `now`.
  var deadline: Int64?

  init() throws(KernelError) { epoll = try Epoll() }

  /// Milliseconds of a clock that only goes forward.
  static var now: Int64 {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return Int64(time.tv_sec) * 1000 + Int64(time.tv_nsec) / 1_000_000
  }

  /// Calls `handler` when the descriptor is ready, until `forget`.
  func watch(_ number: Int32, _ readiness: Epoll.Readiness, _ handler: @escaping (Epoll.Readiness) -> Void) throws(KernelError) -> UInt64 {
    let token = nextToken
    try epoll.add(number, readiness, token: token)
    nextToken += 1
    handlers[token] = handler
    return token
  }

  func change(_ token: UInt64, _ number: Int32, _ readiness: Epoll.Readiness) {
    // Only ENOMEM could be said of a descriptor that is watched.
    try? epoll.change(number, readiness, token: token)
  }

  func forget(_ token: UInt64, _ number: Int32) {
    handlers[token] = nil
    try? epoll.remove(number)
  }

  /// Waits once, at most until the deadline or for `quiet` milliseconds, and calls the handlers. Returns whether something happened.
  func turn(quiet: Int64?) throws(KernelError) -> Bool {
    let now = Self.now
    let waits = [quiet, deadline.map { max(0, $0 - now) }].compactMap { $0 }.min() ?? -1
    var ready: [Epoll.Event] = []
    try epoll.wait(milliseconds: Int32(clamping: waits)) { ready.append($0) }
    // A handler before may have forgotten this one.
    for event in ready { handlers[event.token]?(event.readiness) }
    return !ready.isEmpty
  }
}
