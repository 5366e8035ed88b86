/// A header of 512 bytes, taken apart.
struct TarBlock {
  var path: [UInt8]
  var type: UInt8
  var permissions: UInt32
  var uid: Int64
  var gid: Int64
  var size: Int64
  var modified: Int64
  var target: [UInt8]
  var major: UInt32
  var minor: UInt32

  init(_ block: [UInt8]) throws {
    func text(_ offset: Int, _ width: Int) -> [UInt8] { block[offset..<offset + width].prefix { $0 != 0 } }
    func number(_ offset: Int, _ width: Int) throws -> Int64 {
      let field = block[offset..<offset + width]
      // GNU's base 256 for what octal digits cannot hold.
      if let first = field.first, first & 0x80 != 0 {
        guard first == 0x80, field.dropFirst().dropLast(8).allSatisfy({ $0 == 0 }) else {
          throw TarError("the archive has a number that is too large")
        }
        let value = field.suffix(8).reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        guard value < 1 << 62 else { throw TarError("the archive has a number that is too large") }
        return Int64(value)
      }
      let digits = field.drop { $0 == 0x20 }.prefix { $0 != 0x20 && $0 != 0 }
      if digits.isEmpty { return 0 }
      guard let value = Int64(String(decoding: digits, as: UTF8.self), radix: 8), value >= 0 else {
        throw TarError("the archive has a header that is none")
      }
      return value
    }
    let sum = block.enumerated().reduce(Int64(0)) { $0 + ((148..<156).contains($1.offset) ? 0x20 : Int64($1.element)) }
    guard try number(148, 8) == sum else { throw TarError("this is no tar archive, or it is damaged") }
    let isUstar = Array(block[257..<263]) == Array("ustar\u{0}".utf8)
    let prefix = isUstar ? text(345, 155) : []
    path = (prefix.isEmpty ? [] : prefix + [0x2F]) + text(0, 100)
    type = block[156]
    permissions = UInt32(truncatingIfNeeded: try number(100, 8)) & 0o7777
    uid = try number(108, 8)
    gid = try number(116, 8)
    size = try number(124, 12)
    modified = try number(136, 12)
    target = text(157, 100)
    major = UInt32(truncatingIfNeeded: try number(329, 8))
    minor = UInt32(truncatingIfNeeded: try number(337, 8))
  }

  var kind: ArchiveEntry.Kind {
    switch type {
    case 0, UInt8(ascii: "0"), UInt8(ascii: "7"): .file
    case UInt8(ascii: "1"): .hardLink
    case UInt8(ascii: "2"): .symlink
    case UInt8(ascii: "3"): .character
    case UInt8(ascii: "4"): .block
    case UInt8(ascii: "5"): .directory
    case UInt8(ascii: "6"): .fifo
    default: .other
    }
  }
}
