import Backend
import EngineWire
import Hummingbird
import NIOCore

/// Session frames out of a request's body. One task reads at a time.
actor FrameReader {
  private var decoder = SessionFrameDecoder(limit: Wire.bodyLimit)
  private var body: RequestBody.AsyncIterator

  init(_ body: RequestBody) { self.body = body.makeAsyncIterator() }

  /// The next frame; nil at the end of the body.
  func next() async throws -> SessionFrame? {
    while true {
      do {
        if let frame = try decoder.next() { return frame }
      } catch {
        throw EngineError(.invalid, "a frame of \(error.length) bytes; \(error.limit) is the most")
      }
      var body = self.body
      let piece = try await body.next(isolation: #isolation)
      self.body = body
      guard let piece else { return nil }
      decoder.append(piece.readableBytesView)
    }
  }
}
