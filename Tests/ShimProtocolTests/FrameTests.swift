import Glibc
import LinuxKit
import ShimProtocol
import Testing

@Suite struct FrameTests {
  @Test func oneByteAtATime() throws {
    var reader = FrameReader()
    var frames: [Frame] = []
    for byte in Frame.bytes(ShimRequest.attach, request: 9) + Frame.bytes(ShimRequest.describe, request: 10) {
      try withUnsafeBytes(of: byte) { try reader.append($0, []) }
      while let frame = try reader.next() { frames.append(frame) }
    }
    #expect(frames.map(\.request) == [9, 10])
    #expect(try frames.map { try ShimRequest(wireBytes: $0.payload) } == [.attach, .describe])
  }

  @Test func tooLongIsRefusedBeforeItHasCome() throws {
    var reader = FrameReader()
    let header = UInt32(Frame.maxPayload + 1).wireBytes + UInt16(0).wireBytes + UInt32(1).wireBytes
    try header.withUnsafeBytes { try reader.append($0, []) }
    #expect(throws: WireError.self) { _ = try reader.next() }
  }

  @Test func missingDescriptorsAreAnError() throws {
    var reader = FrameReader()
    try Frame.bytes(ShimRequest.attach, request: 1, descriptorCount: 1).withUnsafeBytes { try reader.append($0, []) }
    #expect(throws: WireError.self) { _ = try reader.next() }
  }

  @Test func descriptorsStayWithTheirMessages() throws {
    let ends = try UnixSocket.pair()
    let files = try (0..<3).map { SharedDescriptor(try memoryFile(name: "f\($0)", Array("file \($0)".utf8))) }
    _ = try ends.first.send(
      Frame.bytes(ShimRequest.attach, request: 1, descriptorCount: 2), descriptors: [files[0].number, files[1].number])
    _ = try ends.first.send(Frame.bytes(ShimRequest.start, request: 2))
    _ = try ends.first.send(Frame.bytes(ShimRequest.describe, request: 3, descriptorCount: 1), descriptors: [files[2].number])
    var reader = FrameReader()
    var found: [UInt32: [String]] = [:]
    while found.count < 3 {
      var descriptors: [SharedDescriptor] = []
      try withUnsafeTemporaryAllocation(byteCount: 4096, alignment: 1) { buffer in
        let count = try ends.second.receive(into: buffer, descriptors: &descriptors)
        try reader.append(UnsafeRawBufferPointer(rebasing: buffer[..<count]), descriptors)
      }
      while let frame = try reader.next() {
        found[frame.request] = try frame.descriptors.map { file in
          lseek(file.number, 0, SEEK_SET)
          return String(decoding: try file.descriptor.readAll(limit: 100), as: UTF8.self)
        }
      }
    }
    #expect(found == [1: ["file 0", "file 1"], 2: [], 3: ["file 2"]])
  }
}
