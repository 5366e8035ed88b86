import Foundation
import Testing

@testable import Engine

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

  // MARK: packed files

  /// Packs a file that was rotated; `meanwhile` happens between the packing and the exchange.
  private func pack(_ number: Int, meanwhile: () throws -> Void = {}) throws {
    let file = try #require(try RotatedFile(LogFiles(path: path), number))
    let place = directory.appendingPathComponent("packing").path
    try file.pack(into: place)
    try meanwhile()
    try file.giveWay(to: place)
  }

  private func move(_ from: String, _ to: String) throws { try FileManager.default.moveItem(atPath: path + from, toPath: path + to) }

  @Test(arguments: [nil, 0, 1, 8, 3005, 6001, 10_000] as [Int?])
  func packedFilesAreReadAsTheOthers(tail: Int?) throws {
    defer { try? FileManager.default.removeItem(at: directory) }
    try write(0..<3000, to: path + ".2")
    try write(3000..<6000, to: path + ".1")
    try write(6000..<6006, to: path)
    try pack(2)
    try pack(1)
    #expect(Set(try FileManager.default.contentsOfDirectory(atPath: directory.path)) == ["c.log", "c.log.1.gz", "c.log.2.gz"])
    var cursor = LogCursor(path: path, tail: tail)
    #expect(drain(&cursor) == Array((tail.map { max(0, 6006 - $0) } ?? 0)..<6006))
    var ending = LogCursor(path: path, tail: tail, endsHere: true)
    #expect(drain(&ending) == Array((tail.map { max(0, 6006 - $0) } ?? 0)..<6006))
  }

  /// As in Docker; also of a container whose newest file was taken away.
  @Test(arguments: [-1, Int.min]) func aNegativeTailIsAll(tail: Int) throws {
    defer { try? FileManager.default.removeItem(at: directory) }
    try write(0..<10, to: path + ".1")
    try pack(1)
    var cursor = LogCursor(path: path, tail: tail)
    #expect(drain(&cursor) == Array(0..<10))
    try write(10..<20, to: path)
    cursor = LogCursor(path: path, tail: tail)
    #expect(drain(&cursor) == Array(0..<20))
  }

  @Test(arguments: [false, true]) func aFileIsPackedWhileItIsRead(_ isFarBehind: Bool) throws {
    defer { try? FileManager.default.removeItem(at: directory) }
    if isFarBehind { try write(0..<3000, to: path + ".2") }
    try write(3000..<6000, to: path + ".1")
    try write(6000..<6010, to: path)
    var cursor = LogCursor(path: path, tail: nil)
    let first = isFarBehind ? 0 : 3000
    #expect(cursor.next()?.text == "\(first)\n")
    if isFarBehind { try pack(2) }
    try pack(1)
    #expect(drain(&cursor) == Array(first + 1..<6010))
    // The file that it reads is rotated and packed, with all that comes behind it.
    try write(6010..<6020, to: path)
    if isFarBehind { try move(".2.gz", ".3.gz") }
    try move(".1.gz", ".2.gz")
    try move("", ".1")
    try write(6020..<6030, to: path)
    try pack(1)
    #expect(drain(&cursor) == Array(6010..<6030))
    #expect(drain(&cursor) == [])
  }

  @Test func whatIsPackedTakesTheNameThatTheFileHasByThen() throws {
    defer { try? FileManager.default.removeItem(at: directory) }
    try write(0..<10, to: path + ".1")
    try write(10..<20, to: path)
    try pack(1) {
      try move(".1", ".2")
      try move("", ".1")
      try write(20..<30, to: path)
    }
    #expect(Set(try FileManager.default.contentsOfDirectory(atPath: directory.path)).isSuperset(of: ["c.log", "c.log.1", "c.log.2.gz"]))
    var cursor = LogCursor(path: path, tail: nil)
    #expect(drain(&cursor) == Array(0..<30))
  }

  @Test func whatWasRemovedMeanwhileIsNotPutBack() throws {
    defer { try? FileManager.default.removeItem(at: directory) }
    try write(0..<10, to: path + ".1")
    try write(10..<20, to: path)
    try pack(1) { try FileManager.default.removeItem(atPath: path + ".1") }
    #expect(try FileManager.default.contentsOfDirectory(atPath: directory.path).filter { $0.hasPrefix("c.log") } == ["c.log"])
  }

  @Test func whoDoesNotFollowEndsInAFileThatWasPackedMeanwhile() throws {
    defer { try? FileManager.default.removeItem(at: directory) }
    try write(0..<3000, to: path + ".1")
    try write(3000..<3010, to: path)
    var cursor = LogCursor(path: path, tail: nil, endsHere: true)
    #expect(cursor.next()?.text == "0\n")
    try write(3010..<3020, to: path)
    try move(".1", ".2")
    try move("", ".1")
    try write(3020..<3030, to: path)
    try pack(2)
    try pack(1)
    #expect(drain(&cursor) == Array(1..<3010))
    #expect(drain(&cursor) == [])
  }

  /// An engine that died between two steps has left the file and what was made of it.
  @Test func bothFormsOfAFileAreOne() throws {
    defer { try? FileManager.default.removeItem(at: directory) }
    try write(0..<10, to: path + ".1")
    try write(10..<20, to: path)
    let file = try #require(try RotatedFile(LogFiles(path: path), 1))
    try file.pack(into: path + ".1.gz")
    var cursor = LogCursor(path: path, tail: nil)
    #expect(drain(&cursor) == Array(0..<20))
    var tail = LogCursor(path: path, tail: 15)
    #expect(drain(&tail) == Array(5..<20))
  }

  @Test func aDamagedFileEndsWhereItIsDamaged() throws {
    defer { try? FileManager.default.removeItem(at: directory) }
    try write(0..<5000, to: path + ".1")
    try write(5000..<5010, to: path)
    try pack(1)
    let bytes = try Data(contentsOf: URL(fileURLWithPath: path + ".1.gz"))
    try bytes.prefix(bytes.count / 2).write(to: URL(fileURLWithPath: path + ".1.gz"))
    var cursor = LogCursor(path: path, tail: nil)
    let found = drain(&cursor)
    #expect(found.suffix(10) == Array(5000..<5010)[...] && found == found.sorted() && found.count < 5010)
  }
}
