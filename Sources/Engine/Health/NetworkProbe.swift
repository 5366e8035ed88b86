import Glibc
import LinuxKit
import StackModel

/// Knocks at a port from inside a container's network namespace, so that an image needs no program for its healthcheck.
struct NetworkProbe: Sendable {
  /// A process of the container.
  var pid: Int32
  var target: HealthTarget
  var poller: Poller

  /// Whether somebody accepts the connection, or answers HTTP with 2xx or 3xx.
  func succeeds(within timeout: Duration) async -> Bool {
    let attempt = Task { await self.attempt() }
    let timer = Task {
      try? await Task.sleep(for: timeout)
      attempt.cancel()
    }
    defer { timer.cancel() }
    return await withTaskCancellationHandler {
      await attempt.value
    } onCancel: {
      attempt.cancel()
    }
  }

  private func attempt() async -> Bool {
    for address in target.address.map({ [$0] }) ?? ["127.0.0.1", "::1"] {
      guard !Task.isCancelled, let socket = try? await connect(to: address) else { continue }
      guard let path = target.path else { return true }
      if await answers(socket, path, at: address) { return true }
    }
    return false
  }

  private func connect(to address: String) async throws -> SharedDescriptor? {
    let socket = try await socketInNamespace(family: address.contains(":") ? AF_INET6 : AF_INET)
    guard begin(socket.number, address) else { return nil }
    await poller.wait(socket, for: .write)
    guard !Task.isCancelled else { return nil }
    var problem: Int32 = 0
    var size = socklen_t(MemoryLayout<Int32>.size)
    guard getsockopt(socket.number, SOL_SOCKET, SO_ERROR, &problem, &size) == 0, problem == 0 else { return nil }
    return socket
  }

  /// A socket belongs to the namespace of the thread that makes it.
  private func socketInNamespace(family: Int32) async throws -> SharedDescriptor {
    try await ContainerNamespace(pid: pid).inside(mayBeHosts: true) {
      let kind = Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue | SOCK_NONBLOCK.rawValue)
      return SharedDescriptor(Descriptor(owning: try kernel("socket(2)") { socket(family, kind, 0) }))
    }
  }

  /// Begins the connection; false when it is refused at once.
  private func begin(_ socket: Int32, _ address: String) -> Bool {
    let result: Int32
    if address.contains(":") {
      var place = sockaddr_in6()
      place.sin6_family = sa_family_t(AF_INET6)
      place.sin6_port = target.port.bigEndian
      guard inet_pton(AF_INET6, address, &place.sin6_addr) == 1 else { return false }
      result = withUnsafeBytes(of: &place) { Self.connect(socket, $0) }
    } else {
      var place = sockaddr_in()
      place.sin_family = sa_family_t(AF_INET)
      place.sin_port = target.port.bigEndian
      guard inet_pton(AF_INET, address, &place.sin_addr) == 1 else { return false }
      result = withUnsafeBytes(of: &place) { Self.connect(socket, $0) }
    }
    return result == 0 || errno == EINPROGRESS
  }

  private static func connect(_ socket: Int32, _ bytes: UnsafeRawBufferPointer) -> Int32 {
    guard let base = bytes.baseAddress else { return -1 }
    return Glibc.connect(socket, base.assumingMemoryBound(to: sockaddr.self), socklen_t(bytes.count))
  }

  private func answers(_ socket: SharedDescriptor, _ path: String, at address: String) async -> Bool {
    let host = (target.address ?? "localhost").contains(":") ? "[\(address)]" : target.address ?? "localhost"
    var rest =
      Array("GET \(path) HTTP/1.1\r\nHost: \(host):\(target.port)\r\nUser-Agent: muster\r\nAccept: */*\r\nConnection: close\r\n\r\n".utf8)[
        ...]
    while !rest.isEmpty, !Task.isCancelled {
      let count = rest.withUnsafeBytes { send(socket.number, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
      if count > 0 {
        rest = rest.dropFirst(count)
      } else if errno == EAGAIN {
        await poller.wait(socket, for: .write)
      } else if errno != EINTR {
        return false
      }
    }
    var answer: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 512)
    // The status is in the first line; the rest may be as long as it likes.
    while answer.count < 12, !Task.isCancelled {
      let count = recv(socket.number, &buffer, buffer.count, 0)
      if count > 0 {
        answer += buffer[..<count]
      } else if count < 0, errno == EAGAIN {
        await poller.wait(socket, for: .read)
      } else if count == 0 || errno != EINTR {
        return false
      }
    }
    return Self.status(answer).map { (200..<400).contains($0) } ?? false
  }

  /// The number in `HTTP/1.1 200 …`.
  static func status(_ answer: [UInt8]) -> Int? {
    let text = String(decoding: answer.prefix(12), as: UTF8.self)
    guard text.hasPrefix("HTTP/1.0 ") || text.hasPrefix("HTTP/1.1 ") else { return nil }
    return Int(text.dropFirst(9).prefix(3))
  }
}
