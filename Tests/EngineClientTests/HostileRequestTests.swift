import EngineClient
import Glibc
import LinuxKit
import Reconciler
import TestSupport
import Testing

@Suite struct HostileRequestTests {
  /// Sends raw bytes, ends its side, and returns the first line of what comes back.
  private func ask(_ socket: String, _ text: String) async throws -> String {
    try await ask(try UnixSocket.connect(path: socket), text)
  }

  private func ask(_ connection: consuming Descriptor, _ text: String) async throws -> String {
    let number = connection.number
    let answer = await onThread {
      let bytes = Array(text.utf8)
      var sent = 0
      // The server may refuse and close before all is sent.
      while sent < bytes.count {
        let count = bytes.withUnsafeBytes { send(number, $0.baseAddress.map { $0 + sent }, $0.count - sent, Int32(MSG_NOSIGNAL)) }
        if count > 0 { sent += count } else if errno != EINTR { break }
      }
      shutdown(number, Int32(SHUT_WR))
      var answer: [UInt8] = []
      var chunk = [UInt8](repeating: 0, count: 16_384)
      while answer.count < 1 << 20 {
        let count = read(number, &chunk, chunk.count)
        if count > 0 { answer += chunk[..<count] } else if count == 0 || errno != EINTR { break }
      }
      return answer
    }
    // Open until here.
    _ = connection.number
    return String(String(decoding: answer, as: UTF8.self).prefix { $0 != "\r\n" })
  }

  @Test(arguments: [
    ("GET /nowhere HTTP/1.1\r\nHost: x\r\n\r\n", 404),
    ("PATCH /stacks/shop/plan HTTP/1.1\r\nHost: x\r\n\r\n", 404),
    ("GET /stacks/..%2f..%2fetc HTTP/1.1\r\nHost: x\r\n\r\n", 400),
    ("GET /stacks/%00 HTTP/1.1\r\nHost: x\r\n\r\n", 400),
    ("GET /events?project=../x HTTP/1.1\r\nHost: x\r\n\r\n", 400),
    ("GET /events?since=yesterday HTTP/1.1\r\nHost: x\r\n\r\n", 400),
    ("GET /events?until=99999999999999999999 HTTP/1.1\r\nHost: x\r\n\r\n", 400),
    ("GET /events?filters=%7B%22daemon%22%3A%5B%22x%22%5D%7D HTTP/1.1\r\nHost: x\r\n\r\n", 400),
    ("GET /events?filters=x HTTP/1.1\r\nHost: x\r\n\r\n", 400),
    ("DELETE /images/%zz HTTP/1.1\r\nHost: x\r\n\r\n", 400),
    ("POST /stacks/shop/plan HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nnope!", 400),
    ("POST /stacks/shop/plan HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\n{}", 400),
    ("POST /stacks/shop/operations HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n", 400),
    ("POST /stacks/shop/logs HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\n\r\nnull", 400),
    ("POST /images/import HTTP/1.1\r\nHost: x\r\nContent-Length: 15\r\n\r\n{\"path\":\"a.tar\"}", 400),
    ("POST /images/search HTTP/1.1\r\nHost: x\r\nContent-Length: 12\r\n\r\n{\"term\":\"x\"}", 400),
    ("POST /stacks/shop/plan HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999999\r\n\r\n", 413),
    ("GET /_ping HTTP/1.1\r\nHost: x\r\nOrigin: http://evil\r\n\r\n", 403),
    ("GET /_ping HTTP/1.1\r\nHost: x\r\nMuster-Api: 999\r\n\r\n", 400),
    ("POST /stacks/shop/plan HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400),
    ("GET /_ping HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n", 400),
    ("\u{16}\u{3}\u{1}\u{2}\u{0}\u{1}", 400),
    ("GET /_ping HTTP/1.1\r\nHost: x\r\nX: \(String(repeating: "y", count: 200_000))\r\n\r\n", 400),
    ("GET /_ping HTTP/1.1\r\nHost: x\r\n\(String(repeating: "A: b\r\n", count: 5000))\r\n", 400),
  ])
  func `what is not a proper request is refused, and the engine serves on`(text: String, status: Int) async throws {
    try await served { client async throws in
      let line = try await ask(client.socket, text)
      #expect(line.hasPrefix("HTTP/1.1 \(status) "), "\(line)")
      #expect(try await client.observe(nil).generation == 7)
    }
  }

  @Test func `deeply nested JSON is refused`() async throws {
    let body = String(repeating: "[", count: 200_000)
    try await served { client async throws in
      let line = try await ask(
        client.socket, "POST /stacks/shop/plan HTTP/1.1\r\nHost: x\r\nContent-Length: \(body.utf8.count)\r\n\r\n\(body)")
      #expect(line.hasPrefix("HTTP/1.1 400 "), "\(line)")
    }
  }

  @Test func `a body over the limit is refused though it says no length`() async throws {
    let chunk = "100000\r\n" + String(repeating: " ", count: 1 << 20) + "\r\n"
    let body = String(repeating: chunk, count: 18)
    try await served { client async throws in
      let line = try await ask(
        client.socket, "POST /stacks/shop/plan HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n" + body + "0\r\n\r\n")
      // The engine may have closed before its answer could be read.
      #expect(line.hasPrefix("HTTP/1.1 413 ") || line.isEmpty, "\(line)")
      #expect(try await client.observe(nil).generation == 7)
    }
  }

  @Test(arguments: [
    [1, 0, 0, 0, 0], [0, 0, 0, 0, 2, 0x7B, 0x7D], [0, 255, 255, 255, 255], [0, 0, 0, 0, 9, 1], [] as [UInt8],
  ])
  func `a session that does not begin with its request ends with an error frame`(frames: [UInt8]) async throws {
    try await served { client async throws in
      let head = Array("POST /sessions HTTP/1.1\r\nHost: x\r\nContent-Length: \(frames.count)\r\n\r\n".utf8)
      let connection = try UnixSocket.connect(path: client.socket)
      try connection.writeAll(head + frames)
      var answer: [UInt8] = []
      while !String(decoding: answer, as: UTF8.self).contains("\"code\":\"invalid\"") {
        try await Readiness.shared.readable(connection.number)
        var piece = [UInt8](repeating: 0, count: 4096)
        let count = try piece.withUnsafeMutableBytes { try connection.read(into: $0) }
        try #require(count > 0, "\(String(decoding: answer, as: UTF8.self))")
        answer += piece.prefix(count)
      }
    }
  }

  @Test func `other users are refused`() async throws {
    try await served { client async throws in
      chmod(client.socket, 0o777)
      chmod(String(client.socket.dropLast("/muster.sock".count)), 0o755)
      let line = try await ask(try connect(to: client.socket, as: 65534), "GET /_ping HTTP/1.1\r\nHost: x\r\n\r\n")
      #expect(line.hasPrefix("HTTP/1.1 403 "), "\(line)")
    }
  }
}
