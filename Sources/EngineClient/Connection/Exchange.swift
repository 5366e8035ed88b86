import Backend
import EngineWire
import FoundationEssentials

/// One request and its answer, on a connection of its own. One task reads; another may send the request's body at the same time.
actor Exchange {
  nonisolated let socket: EngineSocket
  private var parser = AnswerParser()
  private var pending: [UInt8] = []
  private var searched = 0
  private var isAtEnd = false

  /// Sends a request with a whole body.
  init(_ path: String, _ method: String, _ target: String, body: [UInt8]? = nil, digest: String? = nil) async throws {
    socket = try EngineSocket(path: path)
    var bytes = Array(requestHead(method, target, body.map { .whole($0.count) } ?? .none, digest: digest).utf8)
    if let body { bytes += body }
    try await socket.send(bytes)
  }

  /// Sends a request's head; its body goes out in chunks while the answer comes in.
  init(streaming path: String, _ method: String, _ target: String) async throws {
    socket = try EngineSocket(path: path)
    try await socket.send(Array(requestHead(method, target, .chunked).utf8))
  }

  /// A piece of the request's body.
  nonisolated func send(chunk: [UInt8]) async throws {
    guard !chunk.isEmpty else { return }
    try await socket.send(Array((String(chunk.count, radix: 16) + "\r\n").utf8) + chunk + [0x0D, 0x0A])
  }

  /// The end of a request's body that goes out in pieces.
  nonisolated func endBody() async throws { try await socket.send(Array("0\r\n\r\n".utf8)) }

  /// Reads the head; an answer that is an error is thrown. False: the answer has no content (204).
  @discardableResult
  func start() async throws -> Bool {
    guard case .head(let head) = try await nextPart() else { throw EngineError(.unavailable, "the engine went away") }
    if let api = head.fields[Wire.apiHeader.lowercased()], api != MusterVersion.api {
      throw EngineError(
        .conflict,
        "the running engine is version \(head.fields[Wire.versionHeader.lowercased()] ?? "?") (API \(api)); this command is version \(MusterVersion.version) (API \(MusterVersion.api))",
        hint: "stop musterd; the next command starts one of its own version, and containers run on")
    }
    guard !(200..<300).contains(head.status) else { return head.status != 204 }
    let body = try await readAll(limit: 1 << 20)
    if let error = try? JSONDecoder().decode(EngineError.self, from: Data(body)) { throw error }
    throw EngineError(.internal, "the engine answered with status \(head.status)")
  }

  /// The next bytes of the answer's body; nil at its end.
  func nextPiece() async throws -> [UInt8]? {
    if isAtEnd { return nil }
    switch try await nextPart() {
    case .body(let bytes): return bytes
    case .head: throw EngineError(.internal, "the engine's answer has two heads")
    case .end, nil:
      isAtEnd = true
      return nil
    }
  }

  func readAll(limit: Int) async throws -> [UInt8] {
    var bytes: [UInt8] = []
    while let piece = try await nextPiece() {
      bytes += piece
      guard bytes.count <= limit else { throw EngineError(.internal, "the engine's answer is longer than \(limit) bytes") }
    }
    return bytes
  }

  /// The next line of the body, without its newline; nil at the end.
  func nextLine() async throws -> [UInt8]? {
    while true {
      if let end = pending[searched...].firstIndex(of: 0x0A) {
        let line = Array(pending[..<end])
        pending.removeFirst(end + 1)
        searched = 0
        return line
      }
      searched = pending.count
      guard pending.count <= Wire.lineLimit else { throw EngineError(.internal, "a line of the engine's answer is too long") }
      guard let piece = try await nextPiece() else {
        defer { (pending, searched) = ([], 0) }
        return pending.isEmpty ? nil : pending
      }
      pending += piece
    }
  }

  private func nextPart() async throws -> AnswerParser.Part? {
    while true {
      do {
        if let part = try parser.next() { return part }
      } catch {
        throw EngineError(.internal, "the engine's answer is not HTTP: \(error.what)")
      }
      let bytes = try await socket.receive()
      if bytes.isEmpty {
        guard parser.mayEnd else {
          throw EngineError(.unavailable, "the engine went away in the middle of its answer", hint: "see its log; containers run on")
        }
        return nil
      }
      parser.append(bytes)
    }
  }
}

private enum BodyLength { case none, whole(Int), chunked }

private func requestHead(_ method: String, _ target: String, _ body: BodyLength, digest: String? = nil) -> String {
  var head = "\(method) \(target) HTTP/1.1\r\nHost: muster\r\n\(Wire.apiHeader): \(MusterVersion.api)\r\n"
  if let trace = Trace.current { head += "\(Wire.traceHeader): \(trace.log.id)\r\n" }
  if let digest { head += "\(Wire.digestHeader): \(digest)\r\n" }
  switch body {
  case .none: break
  case .whole(let count): head += "Content-Type: \(Wire.json)\r\nContent-Length: \(count)\r\n"
  case .chunked: head += "Content-Type: \(Wire.frames)\r\nTransfer-Encoding: chunked\r\n"
  }
  return head + "\r\n"
}
