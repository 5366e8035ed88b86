import Glibc
import Synchronization
import TestSupport

/// Asks a published port for a page again and again, each time on a new connection, and counts what comes.
final class LoadGenerator: Sendable {
  /// How requests ended.
  struct Count: Sendable {
    var answers: [String: Int] = [:]
    var failures: [String] = []
    var total: Int { answers.values.reduce(failures.count, +) }
  }
  private let state = Mutex((count: Count(), isStopped: false))
  private let port: UInt16

  private init(port: UInt16) { self.port = port }

  /// Asks from so many threads while `body` runs.
  static func against(_ port: UInt16, threads: Int = 4, _ body: (LoadGenerator) async throws -> Void) async throws -> Count {
    let generator = LoadGenerator(port: port)
    return try await withThrowingTaskGroup(of: Void.self) { group in
      for _ in 0..<threads { group.addTask { await onThread { generator.ask() } } }
      do {
        try await body(generator)
      } catch {
        generator.state.withLock { $0.isStopped = true }
        throw error
      }
      generator.state.withLock { $0.isStopped = true }
      try await group.waitForAll()
      return generator.count
    }
  }

  var count: Count { state.withLock { $0.count } }

  private func ask() {
    while !state.withLock(\.isStopped) {
      // As fast as is good for a table of connections that are over.
      usleep(4000)
      let result = request()
      state.withLock { state in
        switch result {
        case .success(let body): state.count.answers[body, default: 0] += 1
        case .failure(let failure): state.count.failures.append(failure.what)
        }
      }
    }
  }

  struct Failure: Error { var what: String }

  /// One request of HTTP 1.0 and its whole answer's body.
  private func request() -> Result<String, Failure> {
    let number = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | O_CLOEXEC, 0)
    guard number >= 0 else { return .failure(Failure(what: "socket: \(errno)")) }
    defer { close(number) }
    var limit = timeval(tv_sec: 20, tv_usec: 0)
    setsockopt(number, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = port.bigEndian
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    let connected = withUnsafePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { connect(number, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) }
    }
    guard connected == 0 else { return .failure(Failure(what: "connect: \(String(cString: strerror(errno)))")) }
    let words = Array("GET /index.html HTTP/1.0\r\n\r\n".utf8)
    guard send(number, words, words.count, Int32(MSG_NOSIGNAL)) == words.count else {
      return .failure(Failure(what: "send: \(String(cString: strerror(errno)))"))
    }
    var answer: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 4096)
    while true {
      let got = recv(number, &buffer, buffer.count, 0)
      if got < 0 { return .failure(Failure(what: "receive: \(String(cString: strerror(errno))) after \(answer.count) bytes")) }
      if got == 0 { break }
      answer += buffer[..<got]
    }
    let text = String(decoding: answer, as: UTF8.self)
    guard text.hasPrefix("HTTP/1.0 200") || text.hasPrefix("HTTP/1.1 200"), let end = text.range(of: "\r\n\r\n") else {
      return .failure(Failure(what: "an answer of \(answer.count) bytes: \(text.prefix(40))"))
    }
    return .success(String(text[end.upperBound...]))
  }
}

extension String {
  fileprivate func range(of part: String) -> Range<String.Index>? { firstRange(of: part) }
}
