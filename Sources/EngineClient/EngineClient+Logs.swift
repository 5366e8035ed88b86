public import Backend
import EngineWire

extension EngineClient {
  public func logs(_ request: LogRequest) async throws -> AsyncThrowingStream<[LogLine], any Error> {
    // A container may be of no stack.
    let place = if let name = request.container { Self.path(of: name) } else { Self.path(request.project) }
    return try await logLines(place + "/logs", request)
  }

  /// The lines that a request asks for.
  func logLines(_ target: String, _ request: some Encodable) async throws -> AsyncThrowingStream<[LogLine], any Error> {
    let exchange = try await Exchange(socket, "POST", target, body: try encode(request))
    try await exchange.start()
    let answer = LogAnswer(exchange)
    return AsyncThrowingStream { try await answer.next() }
  }
}

/// The lines of an answer, a block for each piece of it that comes.
private actor LogAnswer {
  private let exchange: Exchange
  private var decoder = LogLineDecoder()
  /// The beginning of a line whose end has not come.
  private var pending: [UInt8] = []
  /// What the last line says, when the lines before it have been handed on.
  private var failure: EngineError?

  init(_ exchange: Exchange) { self.exchange = exchange }

  /// - Throws: The answer's `error` item.
  func next() async throws -> [LogLine]? {
    if let failure { throw failure }
    while let piece = try await exchange.nextPiece() {
      pending += piece
      let block = try take()
      if let failure, block.isEmpty { throw failure }
      if !block.isEmpty { return block }
      guard pending.count <= Wire.lineLimit else { throw EngineError(.internal, "a line of the engine's answer is too long") }
    }
    return nil
  }

  /// The whole lines that have come.
  private func take() throws -> [LogLine] {
    var block: [LogLine] = []
    var start = 0
    try pending.withUnsafeBufferPointer { bytes in
      while failure == nil, let end = bytes[start...].firstIndex(of: 0x0A) {
        let line = UnsafeBufferPointer(rebasing: bytes[start..<end])
        start = end + 1
        if let line = decoder.decode(line) {
          block.append(line)
        } else {
          let item: StreamItem = try decode(Array(line))
          failure = item.error
          if let line = item.line { block.append(line) }
        }
      }
    }
    pending.removeFirst(start)
    return block
  }
}
