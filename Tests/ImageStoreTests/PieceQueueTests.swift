import Glibc
import Testing

@testable import ImageStore

@Suite struct PieceQueueTests {
  /// Pieces without bytes, put while the reader waits, are not the end of all.
  @Test func nothingIsNotTheEnd() async throws {
    var taken: [UInt8] = []
    let (pieces, given) = AsyncStream<[UInt8]>.makeStream()
    try await streaming(
      { _, put in
        for number in 0..<20 {
          // So that the reader waits already.
          usleep(2000)
          try [UInt8]().withUnsafeBytes { try put($0) }
          usleep(2000)
          try [UInt8(number)].withUnsafeBytes { try put($0) }
        }
      }, to: { given.yield($0) })
    given.finish()
    for await piece in pieces { taken += piece }
    #expect(taken == (0..<20).map { UInt8($0) })
  }
}
