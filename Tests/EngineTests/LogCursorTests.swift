import Engine
import Foundation
import Testing

@Suite struct LogCursorTests {
  let directory = FileManager.default.temporaryDirectory.appendingPathComponent("muster-log-" + UUID().uuidString)
  var path: String { directory.appendingPathComponent("c.log").path }

  private func line(_ number: Int) -> String {
    #"{"log":"\#(number)\n","stream":"stdout","time":"2026-01-02T03:04:05.\#(String(format: "%09d", number))Z"}"# + "\n"
  }

  private func write(_ numbers: some Sequence<Int>, to path: String) throws {
    try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
    let text = numbers.map(line).joined()
    if let handle = FileHandle(forWritingAtPath: path) {
      handle.seekToEndOfFile()
      handle.write(Data(text.utf8))
      try handle.close()
    } else {
      try Data(text.utf8).write(to: URL(fileURLWithPath: path))
    }
  }

  private func drain(_ cursor: inout LogCursor) -> [Int] {
    var found: [Int] = []
    while let entry = cursor.next() { found.append(Int(entry.text.dropLast()) ?? -1) }
    return found
  }

  @Test(arguments: [nil, 0, 1, 5, 8, 100] as [Int?])
  func startsAtTheTailOverRotatedFiles(tail: Int?) throws {
    defer { try? FileManager.default.removeItem(at: directory) }
    try write(0..<3000, to: path + ".2")
    try write(3000..<6000, to: path + ".1")
    try write(6000..<6006, to: path)
    var cursor = LogCursor(path: path, tail: tail)
    #expect(drain(&cursor) == Array((tail.map { max(0, 6006 - $0) } ?? 0)..<6006))
  }

  @Test func tailReachesOverSeveralFiles() throws {
    defer { try? FileManager.default.removeItem(at: directory) }
    try write(0..<10, to: path + ".2")
    try write(10..<20, to: path + ".1")
    try write(20..<30, to: path)
    var cursor = LogCursor(path: path, tail: 25)
    #expect(drain(&cursor) == Array(5..<30))
  }

  @Test func followsOverARotationWithoutLosingOrDoublingALine() throws {
    defer { try? FileManager.default.removeItem(at: directory) }
    try write(0..<10, to: path)
    var cursor = LogCursor(path: path, tail: nil)
    #expect(drain(&cursor) == Array(0..<10))
    try write(10..<12, to: path)
    try FileManager.default.moveItem(atPath: path, toPath: path + ".1")
    try write(12..<15, to: path)
    #expect(drain(&cursor) == Array(10..<15))
    #expect(drain(&cursor) == [])
    try write(15..<16, to: path)
    #expect(drain(&cursor) == [15])
  }

  @Test(arguments: [false, true]) func whoDoesNotFollowGetsWhatIsThereAndNoMore(_ isRotated: Bool) throws {
    defer { try? FileManager.default.removeItem(at: directory) }
    try write(0..<3000, to: path + ".1")
    try write(3000..<3010, to: path)
    var cursor = LogCursor(path: path, tail: nil, endsHere: true)
    #expect(cursor.next()?.text == "0\n")
    if isRotated { try FileManager.default.moveItem(atPath: path + ".1", toPath: path + ".2") }
    if isRotated { try FileManager.default.moveItem(atPath: path, toPath: path + ".1") }
    try write(3010..<3020, to: path)
    #expect(drain(&cursor) == Array(1..<3010))
    try write(3020..<3030, to: path)
    #expect(drain(&cursor) == [])
  }

  /// The reader was so slow that all it was to read has been removed.
  @Test func whatIsNewerThanTheEndIsNotRead() throws {
    defer { try? FileManager.default.removeItem(at: directory) }
    try write(0..<3000, to: path)
    var cursor = LogCursor(path: path, tail: nil, endsHere: true)
    #expect(cursor.next()?.text == "0\n")
    // Kept open, so that its inode is not given to another.
    let kept = try #require(FileHandle(forReadingAtPath: path))
    try FileManager.default.removeItem(atPath: path)
    try write(3000..<3010, to: path)
    #expect(drain(&cursor) == Array(1..<3000))
    try kept.close()
  }

  @Test func waitsForTheEndOfAHalfWrittenLine() throws {
    defer { try? FileManager.default.removeItem(at: directory) }
    try write(0..<1, to: path)
    let handle = try #require(FileHandle(forWritingAtPath: path))
    handle.seekToEndOfFile()
    handle.write(Data(line(1).utf8.dropLast(20)))
    var cursor = LogCursor(path: path, tail: nil)
    #expect(drain(&cursor) == [0])
    handle.write(Data(line(1).utf8.suffix(20)))
    #expect(drain(&cursor) == [1])
    try handle.close()
  }
}
