import Hummingbird
import NIOCore

/// A request's body as it comes. One task reads at a time.
actor PieceReader {
  private var body: RequestBody.AsyncIterator

  init(_ body: RequestBody) { self.body = body.makeAsyncIterator() }

  /// The next piece; nil at the end of the body.
  func next() async throws -> [UInt8]? {
    var body = self.body
    let piece = try await body.next(isolation: #isolation)
    self.body = body
    return piece.map { Array($0.readableBytesView) }
  }
}
