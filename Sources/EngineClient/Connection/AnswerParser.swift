/// An HTTP/1.1 answer, cut into its head and its body's pieces as the bytes come (RFC 9112). Takes only what the engine sends: a length, or chunks, or neither.
struct AnswerParser {
  struct Head: Equatable {
    var status: Int
    /// Names in lower case.
    var fields: [String: String]
  }
  enum Part: Equatable {
    case head(Head)
    case body([UInt8])
    case end
  }
  struct Malformed: Error, Equatable { var what: String }

  private enum State {
    case head
    case length(Int)
    case chunkSize
    case chunk(Int)
    case chunkEnd
    case trailer
    case untilClose
    case ended
  }
  private var state = State.head
  private var buffer: [UInt8] = []
  private var start = 0
  private let headLimit = 65536

  mutating func append(_ bytes: [UInt8]) {
    if start > 0 {
      buffer.removeFirst(start)
      start = 0
    }
    buffer += bytes
  }

  /// The next part; nil: more bytes are needed. After `end` always nil.
  mutating func next() throws(Malformed) -> Part? {
    while true {
      switch state {
      case .head:
        guard let head = try parseHead() else { return nil }
        // 100 Continue and its like.
        if (100..<200).contains(head.status) { continue }
        if head.fields["transfer-encoding"]?.lowercased() == "chunked" {
          state = .chunkSize
        } else if let length = head.fields["content-length"] {
          guard let length = Int(length), length >= 0 else { throw Malformed(what: "Content-Length") }
          state = .length(length)
        } else {
          state = head.status == 204 ? .length(0) : .untilClose
        }
        return .head(head)
      case .length(let rest):
        if rest == 0 {
          state = .ended
          return .end
        }
        guard let piece = take(upTo: rest) else { return nil }
        state = .length(rest - piece.count)
        return .body(piece)
      case .chunkSize:
        guard let line = try takeLine(limit: 256) else { return nil }
        let digits = line.prefix { $0 != ";" }
        guard !digits.isEmpty, digits.allSatisfy(\.isHexDigit), let size = Int(digits, radix: 16) else {
          throw Malformed(what: "chunk size")
        }
        state = size == 0 ? .trailer : .chunk(size)
      case .chunk(let rest):
        guard let piece = take(upTo: rest) else { return nil }
        state = piece.count == rest ? .chunkEnd : .chunk(rest - piece.count)
        return .body(piece)
      case .chunkEnd:
        guard let line = try takeLine(limit: 2) else { return nil }
        guard line.isEmpty else { throw Malformed(what: "end of chunk") }
        state = .chunkSize
      case .trailer:
        guard let line = try takeLine(limit: headLimit) else { return nil }
        guard line.isEmpty else { continue }
        state = .ended
        return .end
      case .untilClose:
        guard let piece = take(upTo: .max) else { return nil }
        return .body(piece)
      case .ended:
        return nil
      }
    }
  }

  /// The connection has ended: whether the answer is whole.
  var mayEnd: Bool {
    switch state {
    case .ended, .untilClose: true
    default: false
    }
  }

  private mutating func take(upTo count: Int) -> [UInt8]? {
    let available = min(count, buffer.count - start)
    guard available > 0 else { return nil }
    defer { start += available }
    return Array(buffer[start..<(start + available)])
  }

  /// A line without its CRLF.
  private mutating func takeLine(limit: Int) throws(Malformed) -> String? {
    guard let end = buffer[start...].firstIndex(of: 0x0A) else {
      if buffer.count - start > limit { throw Malformed(what: "a line is too long") }
      return nil
    }
    guard end - start <= limit, end > start, buffer[end - 1] == 0x0D else { throw Malformed(what: "line end") }
    defer { start = end + 1 }
    return String(decoding: buffer[start..<(end - 1)], as: UTF8.self)
  }

  private mutating func parseHead() throws(Malformed) -> Head? {
    let bytes = buffer[start...]
    var end = bytes.startIndex
    while true {
      guard let newline = bytes[end...].firstIndex(of: 0x0A) else {
        if bytes.count > headLimit { throw Malformed(what: "the head is too long") }
        return nil
      }
      if newline == end + 1, bytes[end] == 0x0D { break }
      end = newline + 1
    }
    guard let first = try takeLine(limit: headLimit) else { return nil }
    let words = first.split(separator: " ", maxSplits: 2, omittingEmptySubsequences: false)
    guard words.count >= 2, words[0] == "HTTP/1.1", words[1].utf8.count == 3, let status = Int(words[1]) else {
      throw Malformed(what: "status line")
    }
    var fields: [String: String] = [:]
    while let line = try takeLine(limit: headLimit), !line.isEmpty {
      guard let colon = line.firstIndex(of: ":") else { throw Malformed(what: "header") }
      let value = line[line.index(after: colon)...].drop { $0 == " " || $0 == "\t" }
      fields[line[..<colon].lowercased()] = String(value)
    }
    return Head(status: status, fields: fields)
  }
}
