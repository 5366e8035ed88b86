/// A question as far as the embedded resolver reads it (RFC 1035, section 4). Everything in it is hostile.
struct DNSQuestion: Equatable, Sendable {
  /// Record types that are answered from the name table.
  enum Kind: Equatable, Sendable {
    case address
    case address6
    case pointer
    case other(UInt16)
  }
  var id: UInt16
  var recursionDesired: Bool
  /// Labels in lower case, joined by dots, without the final one.
  var name: String
  var kind: Kind
  /// The question section as it came.
  var section: ArraySlice<UInt8>
  /// The longest datagram that the asker takes, as it says by EDNS (RFC 6891); nil: it does not speak that.
  var room: Int?

  /// Why a packet is no question for us.
  enum Refusal: Error, Equatable {
    /// Not even a header, or a response: answered with silence.
    case silence
    /// Answered with this code.
    case code(DNSCode, id: UInt16)
  }

  init(_ packet: [UInt8]) throws(Refusal) {
    guard packet.count >= 12, packet[2] & 0x80 == 0 else { throw .silence }
    func word(_ offset: Int) -> UInt16 { UInt16(packet[offset]) << 8 | UInt16(packet[offset + 1]) }
    let id = word(0)
    self.id = id
    recursionDesired = packet[2] & 1 != 0
    guard packet[2] & 0x78 == 0 else { throw .code(.notImplemented, id: id) }  // opcode QUERY
    guard word(4) == 1 else { throw .code(.formatError, id: id) }
    guard let (labels, end) = DNSQuestion.labels(packet[12...]), end + 4 <= packet.count else { throw .code(.formatError, id: id) }
    guard word(end + 2) == 1 else { throw .code(.notImplemented, id: id) }  // class IN
    name = labels.joined(separator: ".")
    kind =
      switch word(end) {
      case 1: .address
      case 12: .pointer
      case 28: .address6
      case let number: .other(number)
      }
    section = packet[12..<end + 4]
    room = DNSQuestion.room(packet, behind: end + 4)
  }

  /// What the first additional record says, if it is EDNS's: a root name, type OPT, and the size in place of the class. Stub resolvers put
  /// nothing before it.
  private static func room(_ packet: [UInt8], behind end: Int) -> Int? {
    guard packet[6...9].allSatisfy({ $0 == 0 }), packet[10] | packet[11] != 0, end + 11 <= packet.count,
      packet[end] == 0, packet[end + 1] == 0, packet[end + 2] == 41
    else { return nil }
    return max(512, Int(packet[end + 3]) << 8 | Int(packet[end + 4]))
  }

  /// The labels of an uncompressed name and the index behind it. A question's name needs no compression, so that a pointer is an error
  /// and there is nothing that could loop.
  private static func labels(_ bytes: ArraySlice<UInt8>) -> ([String], Int)? {
    var labels: [String] = []
    var position = bytes.startIndex
    while position < bytes.endIndex {
      let length = Int(bytes[position])
      position += 1
      if length == 0 { return (labels, position) }
      guard length < 64, position + length < bytes.endIndex, position + length - bytes.startIndex <= 254 else { return nil }
      // A dot inside a label must not read as two labels; no container has such a name.
      let label = bytes[position..<position + length].map { $0 == UInt8(ascii: ".") ? UInt8(0) : $0 }
      labels.append(String(decoding: label, as: UTF8.self).lowercased())
      position += length
    }
    return nil
  }
}

/// Response codes (RFC 1035, section 4.1.1).
enum DNSCode: UInt8, Sendable {
  case noError = 0
  case formatError = 1
  case serverFailure = 2
  case nameError = 3
  case notImplemented = 4
  case refused = 5
}
