import Testing

@testable import EngineClient

@Suite struct AnswerParserTests {
  /// All parts of an answer that arrives in pieces of `size` bytes; bodies joined.
  private func parse(_ text: String, size: Int = 4096) throws -> (head: AnswerParser.Head?, body: String, ended: Bool) {
    var parser = AnswerParser()
    var head: AnswerParser.Head?
    var body: [UInt8] = []
    var ended = false
    let bytes = Array(text.utf8)
    for start in stride(from: 0, to: bytes.count, by: size) {
      parser.append(Array(bytes[start..<min(start + size, bytes.count)]))
      while let part = try parser.next() {
        switch part {
        case .head(let found): head = found
        case .body(let piece): body += piece
        case .end: ended = true
        }
      }
    }
    return (head, String(decoding: body, as: UTF8.self), ended)
  }

  @Test(arguments: [1, 2, 3, 11, 4096])
  func `a chunked answer comes out whole whatever the pieces`(size: Int) throws {
    let answer =
      "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nX-Y:  z\r\n\r\n4\r\nabcd\r\nA;x=1\r\n0123456789\r\n0\r\nTrailer: t\r\n\r\n"
    let parsed = try parse(answer, size: size)
    #expect(parsed.head == AnswerParser.Head(status: 200, fields: ["transfer-encoding": "chunked", "x-y": "z"]))
    #expect(parsed.body == "abcd0123456789")
    #expect(parsed.ended)
  }

  @Test(arguments: [1, 5, 4096])
  func `an answer with a length ends there`(size: Int) throws {
    let parsed = try parse("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 404 Not Found\r\nContent-Length: 3\r\n\r\nabcdef", size: size)
    #expect(parsed.head?.status == 404)
    #expect(parsed.body == "abc")
    #expect(parsed.ended)
  }

  @Test func `an answer cut in the middle is not whole`() throws {
    var parser = AnswerParser()
    parser.append(Array("HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nab".utf8))
    while try parser.next() != nil {}
    #expect(!parser.mayEnd)
  }

  @Test(arguments: [
    "HTTP/1.0 200 OK\r\n\r\n", "SSH-2.0-OpenSSH\r\n\r\n", "HTTP/1.1 2000 OK\r\n\r\n", "HTTP/1.1 200 OK\r\nno colon\r\n\r\n",
    "HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n", "HTTP/1.1 200 OK\r\nContent-Length: 99999999999999999999\r\n\r\n",
    "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n\r\n",
    "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n-1\r\n",
    "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nffffffffffffffffff\r\n",
    "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nabc\r\n", "HTTP/1.1 200 OK\nContent-Length: 0\r\n\r\n",
    String(repeating: "x", count: 70000),
  ])
  func `what is not such an answer is refused`(text: String) {
    #expect(throws: AnswerParser.Malformed.self) { try parse(text) }
  }
}
