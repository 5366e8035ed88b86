import CLinux
import Glibc
import Netlink
import Synchronization
import Testing

@testable import Networking

/// A network namespace with a thread in it that does what it is given: a container without the rest.
final class NetworkNamespace: Sendable {
  /// The thread's number, good for `IFLA_NET_NS_PID`.
  let pid: Int32
  private let inbox: Inbox

  private final class Inbox: Sendable {
    let work = Mutex<[@Sendable () -> Void]>([])
    let pipe: (read: Int32, write: Int32)

    init() throws {
      var ends: [Int32] = [0, 0]
      guard clinux_pipe(&ends, 0) == 0 else { throw CallFailure(call: "pipe2(2)", errno: errno) }
      pipe = (ends[0], ends[1])
    }

    /// The namespace's thread; ends when the writing end is closed.
    func serve() {
      var byte: UInt8 = 0
      while read(pipe.read, &byte, 1) == 1 { work.withLock { $0.isEmpty ? nil : $0.removeFirst() }?() }
      close(pipe.read)
    }
  }

  /// A new namespace, whose loopback interface is up.
  init() async throws {
    let inbox = try Inbox()
    self.inbox = inbox
    pid = try await withCheckedThrowingContinuation { (continuation: CheckedContinuation<Int32, any Error>) in
      startThread {
        guard clinux_unshare(0x4000_0000) == 0 else {
          continuation.resume(throwing: CallFailure(call: "unshare(2)", errno: errno))
          return
        }
        let number = linkTarget("/proc/thread-self")?.split(separator: "/").last.flatMap { Int32($0) }
        continuation.resume(returning: number ?? 0)
        inbox.serve()
      }
    }
    try await run {
      var socket = try RouteSocket(); try socket.bringUp("lo")
    }
  }

  deinit { close(inbox.pipe.write) }

  /// Runs `body` in the namespace.
  func run<Value: Sendable>(_ body: @escaping @Sendable () throws -> Value) async throws -> Value {
    try await withCheckedThrowingContinuation { continuation in
      inbox.work.withLock { $0.append { continuation.resume(with: Result { try body() }) } }
      var byte: UInt8 = 1
      write(inbox.pipe.write, &byte, 1)
    }
  }

  /// What the shim does for a container's interfaces.
  func configure(_ endpoints: [Endpoint]) async throws {
    try await run {
      var socket = try RouteSocket()
      for endpoint in endpoints {
        try socket.configure(
          mac: #require(MACAddress(endpoint.mac)), name: endpoint.interface, addresses: endpoint.cidrs.map { try #require(CIDR($0)) })
      }
      for gateway in [endpoints.defaultGateway, endpoints.defaultGateway6].compactMap({ $0 }) {
        try socket.addDefaultRoute(gateway: #require(IPAddress(gateway)))
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
