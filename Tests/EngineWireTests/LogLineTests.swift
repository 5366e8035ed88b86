import Backend
import EngineWire
import Foundation
import StackModel
import Testing

@Suite struct LogLineTests {
  static let lines = [
    LogLine(container: "shop-web-1", service: "web", stream: .stdout, at: 1_795_230_000_500_000_000, text: "ready\n"),
    LogLine(container: "shop-web-1", service: "web", stream: .stderr, at: -1, text: ""),
    LogLine(container: "a\"b\\c", service: "é", stream: .stdout, at: .max, text: "\u{0}\u{1F}\u{7F}\u{2028}\"\\/\r\n\t😀\u{FFFD}"),
    LogLine(container: "other", service: "x", stream: .stderr, at: .min, text: String(repeating: "long ", count: 20_000)),
  ]

  private func written(_ line: LogLine) -> [UInt8] {
    var bytes: [UInt8] = []
    line.append(to: &bytes)
    return bytes
  }

  @Test(arguments: lines)
  func `what is written by hand is the item's JSON, on one line`(line: LogLine) throws {
    let bytes = written(line)
    #expect(bytes.last == 0x0A && !bytes.dropLast().contains(0x0A))
    #expect(try JSONDecoder().decode(StreamItem.self, from: Data(bytes)) == StreamItem(line: line))
  }

  @Test func `what is written is read again, one decoder for all`() {
    var decoder = LogLineDecoder()
    for line in Self.lines + Self.lines.reversed() {
      #expect(written(line).dropLast().withUnsafeBufferPointer { decoder.decode($0) } == line)
    }
  }

  /// Seldom, and left to the general reader.
  @Test(arguments: [[:], ["app": "shop", "a\"b": "c\n\\"]])
  func `attributes are written when they were asked for`(_ attributes: [String: String]) throws {
    var line = Self.lines[2]
    line.attributes = attributes
    let bytes = written(line)
    #expect(try JSONDecoder().decode(StreamItem.self, from: Data(bytes)) == StreamItem(line: line))
    var decoder = LogLineDecoder()
    #expect(bytes.dropLast().withUnsafeBufferPointer { decoder.decode($0) } == nil)
  }

  @Test func `a line that is cut anywhere is none`() {
    var decoder = LogLineDecoder()
    let bytes = written(Self.lines[2]).dropLast()
    for count in 0..<bytes.count { #expect(bytes.prefix(count).withUnsafeBufferPointer { decoder.decode($0) } == nil, "\(count)") }
  }

  @Test(arguments: [
    #"{"error":{"code":"notFound","message":"no"}}"#,
    #"{"line":{"container":"c","service":"s","stream":"stdin","at":1,"text":""}}"#,
    #"{"line":{"container":"c","service":"s","stream":"stdout","at":-,"text":""}}"#,
    #"{"line":{"container":"c","service":"s","stream":"stdout","at":9223372036854775808,"text":""}}"#,
    #"{"line":{"container":"c","service":"s","stream":"stdout","at":1,"text":"\u12"}}"#,
    #"{"line":{"container":"c","service":"s","stream":"stdout","at":1,"text":"\q"}}"#,
    #"{"line":{"container":"c","service":"s","stream":"stdout","at":1,"text":""}} "#,
  ])
  func `everything else is left to a general reader`(text: String) {
    var decoder = LogLineDecoder()
    #expect(Array(text.utf8).withUnsafeBufferPointer { decoder.decode($0) } == nil)
  }
}
