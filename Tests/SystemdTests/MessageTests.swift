import Testing

@testable import Systemd

/// What goes over the socket, byte by byte as the D-Bus specification has it.
@Suite struct MessageTests {
  @Test func aCallIsMarshalled() {
    var body = BusWriter()
    body.text("a.scope")
    body.properties([UnitProperty("Delegate", .flag(true)), UnitProperty("PIDs", .numbers([7]))])
    // The string with its length and end; the array's length, which does not count what comes before its first structure.
    let expected: [UInt8] =
      [7, 0, 0, 0] + Array("a.scope".utf8) + [0] + [48, 0, 0, 0] + [8, 0, 0, 0] + Array("Delegate".utf8) + [0]
      + [1, UInt8(ascii: "b"), 0] + [1, 0, 0, 0] + [0, 0, 0, 0] + [4, 0, 0, 0] + Array("PIDs".utf8) + [0]
      + [2] + Array("au".utf8) + [0] + [0, 0, 0] + [4, 0, 0, 0] + [7, 0, 0, 0]
    #expect(body.bytes == expected)
  }

  @Test func aMessageIsReadAsItIsWritten() throws {
    var message = BusMessage(call: "StopUnit", serial: 9, signature: "ss", body: [1, 2, 3])
    message.answers = 4
    let bytes = message.bytes
    #expect(bytes.prefix(12) == [UInt8(ascii: "l"), 1, 0, 1, 3, 0, 0, 0, 9, 0, 0, 0])
    #expect(try BusMessage.length(bytes[...]) == bytes.count)
    #expect(try BusMessage(bytes[...]) == message)
  }

  /// Whoever answers is systemd, but a read of a message never goes beyond its end.
  @Test func aMessageThatEndsTooSoonIsAnError() throws {
    let bytes = BusMessage(call: "StopUnit", serial: 1, signature: "ss", body: []).bytes
    #expect(try BusMessage.length(bytes.prefix(15)) == nil)
    for count in 16..<bytes.count - 8 {
      #expect(throws: SystemdError.self, "\(count)") { try BusMessage(bytes.prefix(count)) }
    }
    #expect(throws: SystemdError.self) { try BusMessage.length([UInt8](repeating: 0xff, count: 32)[...]) }
  }

  @Test(
    arguments: [
      (BusValue.text("x"), [1, 0x73, 0, 0, 1, 0, 0, 0, 0x78, 0]), (.number(1 << 32), [1, 0x74, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0]),
      (.signed(-1), [1, 0x69, 0, 0, 255, 255, 255, 255]), (.bytes([5, 6]), [2, 0x61, 0x79, 0, 2, 0, 0, 0, 5, 6]),
      (.texts(["a"]), [2, 0x61, 0x73, 0, 6, 0, 0, 0, 1, 0, 0, 0, 0x61, 0]),
    ] as [(BusValue, [UInt8])])
  func variants(value: BusValue, bytes: [UInt8]) {
    var writer = BusWriter()
    writer.variant(value)
    #expect(writer.bytes == bytes)
  }
}
