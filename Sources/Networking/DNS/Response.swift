import Netlink

/// Answers to questions, as packets.
enum DNSResponse {
  /// Seconds that an answer may be kept: a replica may be gone in the next moment.
  static let timeToLive: UInt32 = 1

  /// The longest datagram that is sent, whatever the asker takes: it fits into a packet of every network.
  static let datagramLimit = 1232

  /// An answer without records.
  static func empty(_ question: DNSQuestion, _ code: DNSCode) -> [UInt8] {
    header(question, code, answers: 0) + question.section + extensionRecord(question)
  }

  /// An answer to something that could not be read.
  static func refusal(_ code: DNSCode, id: UInt16) -> [UInt8] { [id, 0x8080 | UInt16(code.rawValue), 0, 0, 0, 0].flatMap(bigEndian) }

  /// The addresses, of one family. What does not fit into `limit` bytes is left out and the answer marked as truncated, so that the asker
  /// comes again by TCP.
  static func addresses(_ question: DNSQuestion, _ addresses: [IPAddress], limit: Int) -> [UInt8] {
    let size = 12 + (addresses.first?.bytes.count ?? 4)
    let room = max(0, limit - 12 - question.section.count - extensionRecord(question).count) / size
    let fitting = addresses.prefix(room)
    var packet = header(question, .noError, answers: UInt16(fitting.count), isTruncated: fitting.count < addresses.count)
    packet += question.section
    for address in fitting { packet += record(type: address.isIPv6 ? 28 : 1, address.bytes) }
    return packet + extensionRecord(question)
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
    return header(question, .noError, answers: 1) + question.section + record(type: 12, data) + extensionRecord(question)
  }

  private static func header(_ question: DNSQuestion, _ code: DNSCode, answers: UInt16, isTruncated: Bool = false) -> [UInt8] {
    // A response, and recursion is available.
    let flags: UInt16 = 0x8080 | (isTruncated ? 0x200 : 0) | (question.recursionDesired ? 0x100 : 0) | UInt16(code.rawValue)
    return [question.id, flags, 1, answers, 0, question.room == nil ? 0 : 1].flatMap(bigEndian)
  }

  /// EDNS's record, for who has sent one: version 0, no flags, and what is taken here.
  private static func extensionRecord(_ question: DNSQuestion) -> [UInt8] {
    question.room == nil ? [] : [0, 0, 41] + bigEndian(UInt16(datagramLimit)) + [0, 0, 0, 0, 0, 0]
  }

  /// A record whose name is the question's: a pointer to offset 12.
  private static func record(type: UInt16, _ data: [UInt8]) -> [UInt8] {
    bigEndian(0xC00C) + bigEndian(type) + bigEndian(1) + bigEndian(UInt16(timeToLive >> 16)) + bigEndian(UInt16(timeToLive & 0xFFFF))
      + bigEndian(UInt16(data.count)) + data
  }

  private static func bigEndian(_ value: UInt16) -> [UInt8] { [UInt8(value >> 8), UInt8(value & 0xFF)] }
}
