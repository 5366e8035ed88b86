import CLinux
import Dispatch
import Glibc
import Netlink
import Synchronization
import Testing

@testable import Networking

/// A network namespace with a thread in it that does what it is given: a container without the rest.
///
/// Another thread, outside, hands it the work and tells the tasks that wait. What resumes a task may start a thread of the pool, and a thread begins
/// in the namespaces of the one that starts it.
final class NetworkNamespace: Sendable {
  /// The thread's number, good for `IFLA_NET_NS_PID`.
  let pid: Int32
  private let inside: Queue
  private let outside: Queue

  /// Work for one thread, done in order.
  private final class Queue: Sendable {
    private let work = Mutex<[@Sendable () -> Void]>([])
    private let pipe: (read: Int32, write: Int32)

    init() throws {
      var ends: [Int32] = [0, 0]
      guard clinux_pipe(&ends, 0) == 0 else { throw CallFailure(call: "pipe2(2)", errno: errno) }
      pipe = (ends[0], ends[1])
    }

    func add(_ body: @escaping @Sendable () -> Void) {
      work.withLock { $0.append(body) }
      var byte: UInt8 = 1
      write(pipe.write, &byte, 1)
    }

    /// Has the work done, and waits for it on a thread that is not this queue's.
    func perform<Value: Sendable>(_ body: @escaping @Sendable () -> Value) -> Value {
      let value = Mutex<Value?>(nil)
      let isDone = DispatchSemaphore(value: 0)
      add {
        let made = body()
        value.withLock { $0 = made }
        isDone.signal()
      }
      isDone.wait()
      return value.withLock { $0! }
    }

    /// Nothing comes any more.
    func end() { close(pipe.write) }

    /// What the thread does, to the end.
    func serve() {
      var byte: UInt8 = 0
      while read(pipe.read, &byte, 1) == 1 { work.withLock { $0.isEmpty ? nil : $0.removeFirst() }?() }
      close(pipe.read)
    }
  }

  /// A new namespace, whose loopback interface is up.
  init() async throws {
    let (inside, outside) = (try Queue(), try Queue())
    (self.inside, self.outside) = (inside, outside)
    startThread { inside.serve() }
    startThread {
      outside.serve()
      inside.end()
    }
    pid = try await Self.run(inside, outside) {
      guard clinux_unshare(0x4000_0000) == 0 else { throw CallFailure(call: "unshare(2)", errno: errno) }
      return linkTarget("/proc/thread-self")?.split(separator: "/").last.flatMap { Int32($0) } ?? 0
    }
    try await run {
      var socket = try RouteSocket(); try socket.bringUp("lo")
    }
  }

  deinit { outside.end() }

  /// Runs `body` in the namespace.
  func run<Value: Sendable>(_ body: @escaping @Sendable () throws -> Value) async throws -> Value {
    try await Self.run(inside, outside, body)
  }

  private static func run<Value: Sendable>(
    _ inside: Queue, _ outside: Queue, _ body: @escaping @Sendable () throws -> Value
  ) async throws -> Value {
    try await withCheckedThrowingContinuation { continuation in
      outside.add { continuation.resume(with: inside.perform { Result { try body() } }) }
    }
  }

  /// What the shim does for a container's interfaces.
  func configure(_ endpoints: [Endpoint]) async throws {
    try await run {
      var socket = try RouteSocket()
      for endpoint in endpoints {
        try socket.configure(
          endpoint.origin, name: endpoint.interface, addresses: endpoint.cidrs.map { try #require(CIDR($0)) })
      }
      for (route, isIPv6) in [(endpoints.defaultRoute, false), (endpoints.defaultRoute6, true)] {
        if let gateway = route?.gateway { try socket.addDefaultRoute(gateway: #require(IPAddress(gateway))) }
        if let name = route?.interface { try socket.addDefaultRoute(interface: name, isIPv6: isIPv6) }
      }
    }
  }
}

/// A call of the test's own that failed.
struct CallFailure: Error {
  var call: String
  var errno: Int32
}

/// Starts a thread of its own, because a namespace belongs to a thread.
func startThread(_ body: @escaping @Sendable () -> Void) {
  final class Box: Sendable {
    let body: @Sendable () -> Void
    init(_ body: @escaping @Sendable () -> Void) { self.body = body }
  }
  var thread = pthread_t()
  pthread_create(
    &thread, nil,
    { raw in
      if let raw { Unmanaged<Box>.fromOpaque(raw).takeRetainedValue().body() }
      return nil
    }, Unmanaged.passRetained(Box(body)).toOpaque())
  pthread_detach(thread)
}
