import Backend
import EngineWire
import Testing

@Suite struct SessionFrameTests {
  @Test func `a frame is its type, its length in big endian and its payload`() {
    #expect(SessionFrame(.input, [7, 8, 9]).bytes == [1, 0, 0, 0, 3, 7, 8, 9])
    #expect(SessionFrame(.endOfInput).bytes == [2, 0, 0, 0, 0])
  }

  @Test(arguments: [1, 2, 3, 5, 7, 100])
  func `frames come out whole whatever the pieces they arrive in`(size: Int) throws {
    let frames = [
      SessionFrame(.request, Array("{}".utf8)), SessionFrame(.endOfInput), SessionFrame(.input, Array(repeating: 42, count: 70)),
    ]
    let bytes = frames.flatMap(\.bytes)
    var decoder = SessionFrameDecoder(limit: 100)
    var found: [SessionFrame] = []
    for start in stride(from: 0, to: bytes.count, by: size) {
      decoder.append(bytes[start..<min(start + size, bytes.count)])
      while let frame = try decoder.next() { found.append(frame) }
    }
    #expect(found == frames)
    #expect(!decoder.isInsideFrame)
  }

  @Test func `a frame longer than allowed is refused at its length`() {
    var decoder = SessionFrameDecoder(limit: 10)
    decoder.append([1, 255, 255, 255, 255])
    #expect(throws: SessionFrameDecoder.TooLong(length: 4_294_967_295, limit: 10)) { try decoder.next() }
  }

  @Test(arguments: [
    SessionInput.bytes([0, 255]), .endOfInput, .resize(rows: 24, columns: 513), .signal(15),
  ])
  func `what the asker sends survives the way`(input: SessionInput) {
    #expect(SessionInput(input.frame) == input)
  }

  @Test(arguments: [
    SessionFrame(type: 3, payload: [1, 2, 3]), SessionFrame(type: 4, payload: []), SessionFrame(type: 4, payload: [0]),
    SessionFrame(type: 4, payload: [65]), SessionFrame(type: 2, payload: [1]), SessionFrame(type: 0, payload: []),
    SessionFrame(type: 77, payload: []),
  ])
  func `a frame that says nothing of this is none`(frame: SessionFrame) {
    #expect(SessionInput(frame) == nil)
  }
}
