import Netlink

@testable import Networking

/// A question as a stub resolver sends it.
func query(_ name: String, type: UInt16 = 1, id: UInt16 = 0x1234) -> [UInt8] {
  var bytes: [UInt8] = [UInt8(id >> 8), UInt8(id & 0xFF), 1, 0, 0, 1, 0, 0, 0, 0, 0, 0]
  for label in name.split(separator: ".") { bytes += [UInt8(label.utf8.count)] + Array(label.utf8) }
  return bytes + [0, UInt8(type >> 8), UInt8(type & 0xFF), 0, 1]
}

/// A response, read in a simple way of the tests' own.
struct Answer: Equatable, CustomStringConvertible {
  var id: UInt16
  var code: UInt8
  var isTruncated: Bool
  var addresses: [String] = []
  var name: String?

  init?(_ bytes: [UInt8]?) {
    guard let bytes, bytes.count >= 12, bytes[2] & 0x80 != 0 else { return nil }
    id = UInt16(bytes[0]) << 8 | UInt16(bytes[1])
    code = bytes[3] & 0xF
    isTruncated = bytes[2] & 2 != 0
    var position = 12
    if bytes[5] == 1 {
      while bytes[position] != 0 { position += 1 + Int(bytes[position]) }
      position += 5
    }
    for _ in 0..<Int(bytes[6]) << 8 + Int(bytes[7]) {
      let type = bytes[position + 3]
      let length = Int(bytes[position + 10]) << 8 | Int(bytes[position + 11])
      let data = bytes[position + 12..<position + 12 + length]
      if type == 1 { addresses.append(data.map { String($0) }.joined(separator: ".")) }
      if type == 28 { addresses += IPv6Address(bytes: data).map { [$0.description] } ?? [] }
      if type == 12 {
        var labels: [String] = []
        var place = data.startIndex
        while data[place] != 0 {
          labels.append(String(decoding: data[place + 1...place + Int(data[place])], as: UTF8.self))
          place += 1 + Int(data[place])
        }
        name = labels.joined(separator: ".")
      }
      position += 12 + length
    }
  }

  var description: String { "code \(code) \(addresses) \(name ?? "")\(isTruncated ? " truncated" : "")" }
}
