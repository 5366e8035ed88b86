public import Backend
import EngineWire
import StackModel

extension EngineClient {
  public func session(
    _ request: SessionRequest, input: AsyncStream<SessionInput>, output: @escaping @Sendable (SessionOutput) async -> Void
  ) async throws -> Int32 {
    let exchange = try await Exchange(streaming: socket, "POST", "/sessions")
    try await exchange.send(chunk: SessionFrame(.request, try encode(request)).bytes)
    try await exchange.start()
    return try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask {
        // A send that fails: the engine is gone, which the reader finds too.
        for await item in input { try await exchange.send(chunk: item.frame.bytes) }
      }
      defer { group.cancelAll() }
      return try await answers(of: exchange, output)
    }
  }

  /// Hands out what the session writes, until its exit code.
  private func answers(of exchange: Exchange, _ output: @escaping @Sendable (SessionOutput) async -> Void) async throws -> Int32 {
    var decoder = SessionFrameDecoder(limit: Wire.lineLimit)
    while let piece = try await exchange.nextPiece() {
      decoder.append(piece)
      while let frame = try decoder.next() {
        switch SessionFrame.Answer(rawValue: frame.type) {
        case .stdout: await output(.bytes(frame.payload, stream: .stdout))
        case .stderr: await output(.bytes(frame.payload, stream: .stderr))
        case .started:
          let started: SessionFrame.Started = try decode(frame.payload)
          await output(.started(id: ContainerID(started.id), name: started.name))
        case .warning: await output(.warning(String(decoding: frame.payload, as: UTF8.self)))
        case .exit:
          let exit: SessionFrame.Exit = try decode(frame.payload)
          return exit.code
        case .error:
          let error: EngineError = try decode(frame.payload)
          throw error
        case nil: throw EngineError(.internal, "the engine sent a frame of type \(frame.type)")
        }
      }
    }
    throw EngineError(.unavailable, "the engine went away before the process ended", hint: "see its log; containers run on")
  }
}
