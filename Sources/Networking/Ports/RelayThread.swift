import Glibc
import LinuxKit
import Netlink
import Synchronization

/// The thread that takes the connections of all relayed ports. A port is let go at once, so that somebody else can have it.
final class RelayThread: Sendable {
  private struct State {
    var ports: [UInt64: (number: Int32, relay: Relay)] = [:]
    var nextToken: UInt64 = 1
    var isRunning = false
  }
  /// nil: the kernel gives no descriptor for it.
  static let shared = try? RelayThread()
  private let state = Mutex(State())
  private let epoll: Epoll

  private init() throws(KernelError) { epoll = try Epoll() }

  /// Begins to take the connections of a listening socket that does not block.
  ///
  /// - Returns: what to `remove` before the socket is closed.
  func add(_ number: Int32, _ relay: Relay) throws(KernelError) -> UInt64 {
    let (token, begins) = state.withLock { state in
      defer {
        state.nextToken += 1
        state.isRunning = true
      }
      state.ports[state.nextToken] = (number, relay)
      return (state.nextToken, !state.isRunning)
    }
    try epoll.add(number, .read, token: token)
    guard begins else { return token }
    var thread = pthread_t()
    let failure = pthread_create(
      &thread, nil,
      { _ in
        RelayThread.shared?.run()
        return nil
      }, nil)
    guard failure == 0 else { throw KernelError("pthread_create(3)", errno: failure) }
    pthread_detach(thread)
    return token
  }

  func remove(_ token: UInt64) {
    state.withLock { state in
      guard let port = state.ports.removeValue(forKey: token) else { return }
      try? epoll.remove(port.number)
    }
  }

  private func run() {
    while true {
      var ready: [UInt64] = []
      _ = try? epoll.wait { ready.append($0.token) }
      for token in ready {
        while let (number, peer, relay) = accept(token) { carry(number, from: peer, by: relay) }
      }
    }
  }

  /// The next connection; the port may have gone meanwhile, and its number be another socket's.
  private func accept(_ token: UInt64) -> (Int32, IPAddress?, Relay)? {
    state.withLock { state in
      guard let port = state.ports[token] else { return nil }
      var name = sockaddr_storage()
      var length = socklen_t(MemoryLayout<sockaddr_storage>.size)
      let number = withUnsafeMutablePointer(to: &name) {
        $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
          Glibc.accept(port.number, $0, &length)
        }
      }
      if number < 0, [EMFILE, ENFILE, ENOBUFS, ENOMEM].contains(errno) { usleep(10_000) }
      if number >= 0 {
        _ = fcntl(number, F_SETFD, FD_CLOEXEC)
        _ = fcntl(number, F_SETFL, O_NONBLOCK)
      }
      // The sockets are of IPv6: `sockaddr_in6` has the address at 8.
      let peer = withUnsafeBytes(of: name) { IPAddress(bytes: $0[8..<24]) }
      return number < 0 ? nil : (number, peer, port.relay)
    }
  }
}
