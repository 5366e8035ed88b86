import Netlink

/// Answers to questions, as packets.
enum DNSResponse {
  /// Seconds that an answer may be kept: a replica may be gone in the next moment.
  static let timeToLive: UInt32 = 1

  /// An answer without records.
  static func empty(_ question: DNSQuestion, _ code: DNSCode) -> [UInt8] {
    header(question.id, code, recursionDesired: question.recursionDesired, questions: 1, answers: 0) + question.section
  }

  /// An answer to something that could not be read.
  static func refusal(_ code: DNSCode, id: UInt16) -> [UInt8] {
    header(id, code, recursionDesired: false, questions: 0, answers: 0)
  }

  /// The addresses. What does not fit into `limit` bytes is left out and the answer marked as truncated, so that the asker comes again by TCP.
  static func addresses(_ question: DNSQuestion, _ addresses: [IPv4Address], limit: Int) -> [UInt8] {
    let room = max(0, limit - 12 - question.section.count) / 16
    let fitting = addresses.prefix(room)
    var packet = header(
      question.id, .noError, recursionDesired: question.recursionDesired, questions: 1, answers: UInt16(fitting.count),
      isTruncated: fitting.count < addresses.count)
    packet += question.section
    for address in fitting { packet += record(type: 1, address.bytes) }
    return packet
  }

  /// The name of an address.
  static func pointer(_ question: DNSQuestion, to name: String) -> [UInt8] {
    var data: [UInt8] = []
    for label in name.split(separator: ".") {
      let bytes = label.utf8.prefix(63)
      data.append(UInt8(bytes.count))
      data += bytes
    }
    data.append(0)
    return header(question.id, .noError, recursionDesired: question.recursionDesired, questions: 1, answers: 1) + question.section
      + record(type: 12, data)
  }

  private static func header(
    _ id: UInt16, _ code: DNSCode, recursionDesired: Bool, questions: UInt16, answers: UInt16, isTruncated: Bool = false
  ) -> [UInt8] {
    let flags: UInt16 =
      0x8000 | (isTruncated ? 0x200 : 0) | (recursionDesired ? 0x100 : 0) | 0x80 | UInt16(code.rawValue)  // response, recursion available
    return [id, flags, questions, answers, 0, 0].flatMap(bigEndian)
  }

  /// A record whose name is the question's: a pointer to offset 12.
  private static func record(type: UInt16, _ data: [UInt8]) -> [UInt8] {
    bigEndian(0xC00C) + bigEndian(type) + bigEndian(1) + bigEndian(UInt16(timeToLive >> 16)) + bigEndian(UInt16(timeToLive & 0xFFFF))
      + bigEndian(UInt16(data.count)) + data
  }

  private static func bigEndian(_ value: UInt16) -> [UInt8] { [UInt8(value >> 8), UInt8(value & 0xFF)] }
}
