import OCI
import Synchronization

/// A reader that notes all that the loader learns of the machine through it: with the same request, what has the same digest loads to the same stack.
public final class NotingReader<Reader: FileReader>: FileReader {
  private let reader: Reader
  private let notes = Mutex(SHA256Hash())

  public init(_ reader: Reader) { self.reader = reader }

  /// Of everything that was asked and answered until now, and of `more`.
  public func digest(with more: [String]) -> String {
    var whole = notes.withLock { $0 }
    for text in more { Self.note("also", text, [], in: &whole) }
    return whole.finish()
  }

  public func read(_ path: String, limit: Int) throws(FileError) -> [UInt8] {
    try noted("read", path) { () throws(FileError) in try reader.read(path, limit: limit) }
  }

  public func readStandardInput(limit: Int) throws(FileError) -> [UInt8] {
    try noted("input", "") { () throws(FileError) in try reader.readStandardInput(limit: limit) }
  }

  public func hasFile(_ path: String) -> Bool {
    let answer = reader.hasFile(path)
    notes.withLock { Self.note("file", path, [answer ? 1 : 0], in: &$0) }
    return answer
  }

  public func hasAnything(_ path: String) -> Bool {
    let answer = reader.hasAnything(path)
    notes.withLock { Self.note("anything", path, [answer ? 1 : 0], in: &$0) }
    return answer
  }

  private func noted(_ what: String, _ path: String, _ body: () throws(FileError) -> [UInt8]) throws(FileError) -> [UInt8] {
    do throws(FileError) {
      let bytes = try body()
      notes.withLock { Self.note(what, path, bytes, in: &$0) }
      return bytes
    } catch {
      notes.withLock { Self.note(what + " failed", path, Array("\(error)".utf8), in: &$0) }
      throw error
    }
  }

  /// With lengths, so that no two lists of notes are the same bytes.
  private static func note(_ what: String, _ path: String, _ answer: [UInt8], in hash: inout SHA256Hash) {
    hash.update(Array("\(what) \(path.utf8.count) \(answer.count)\n".utf8))
    hash.update(Array(path.utf8))
    hash.update(answer)
  }
}
