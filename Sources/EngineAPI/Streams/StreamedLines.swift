import Backend
import EngineWire
import HTTPTypes
import Hummingbird
import NIOCore

/// An answer of newline-delimited JSON that `produce` fills while the client reads. What it throws is the last line.
///
/// When the client goes away, the task that runs `produce` is cancelled, and waited for.
func streamedLines(_ request: Request, _ produce: @escaping @Sendable (Outbox) async throws -> Void) -> Response {
  streamed(request, type: Wire.lines) { _, outbox in
    do {
      try await produce(outbox)
    } catch {
      outbox.post(line(StreamItem(error: engineError(error))), isEssential: true)
    }
  }
}

/// An answer of bytes that `produce` fills while the client reads, and may still send.
func streamed(
  _ request: Request, type: String, _ produce: @escaping @Sendable (RequestBody, Outbox) async -> Void
) -> Response {
  let trace = Trace.current
  let body = ResponseBody { writer in
    do {
      try await request.body.consumeWithCancellationOnInboundClose { input in
        let outbox = Outbox()
        try await withThrowingTaskGroup(of: Void.self) { group in
          group.addTask {
            await Trace.$current.withValue(trace) { await traced("answer") { await produce(input, outbox) } }
            outbox.finish()
          }
          defer { outbox.close() }
          while let bytes = await outbox.next() { try await writer.write(ByteBuffer(bytes: bytes)) }
          if Task.isCancelled { throw CancellationError() }
        }
      }
      try await writer.finish(nil)
    } catch {
      // The client is gone, or the engine goes: the connection ends without the last chunk, which tells the client that the answer is not whole.
      throw error
    }
  }
  return Response(status: .ok, headers: [.contentType: type], body: body)
}

/// One line of a stream.
func line(_ item: StreamItem) -> [UInt8] {
  guard let bytes = try? encodeJSON(item) else { return [] }
  return bytes + [0x0A]
}
