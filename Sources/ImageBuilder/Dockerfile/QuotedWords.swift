/// Cuts at blanks that are neither quoted nor escaped; the quotes stay in the words.
enum QuotedWords {
  static func offsets(in bytes: [UInt8], _ part: Range<Int>, escape: UInt8) -> [Range<Int>] {
    var words: [Range<Int>] = []
    var begin: Int?
    var quote: UInt8?
    var index = part.lowerBound
    while index < part.upperBound {
      let byte = bytes[index]
      if let open = quote {
        if byte == escape, open == 0x22 {
          index += 1
        } else if byte == open {
          quote = nil
        }
      } else if byte.isBlank {
        if let first = begin { words.append(first..<index) }
        begin = nil
      } else {
        if begin == nil { begin = index }
        if byte == escape {
          index += 1
        } else if byte == 0x22 || byte == 0x27 {
          quote = byte
        }
      }
      index += 1
    }
    if let first = begin { words.append(first..<part.upperBound) }
    return words
  }
}
