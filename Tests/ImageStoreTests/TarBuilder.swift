/// Archives made by hand, well-formed or hostile.
struct TarBuilder {
  var bytes: [UInt8] = []

  /// Any entry; numbers too large for octal fields are written in base 256, as GNU tar does.
  mutating func entry(
    _ path: String, type: Character = "0", mode: Int = 0o644, uid: Int = 0, gid: Int = 0, size: Int? = nil, link: String = "",
    major: Int = 0,
    minor: Int = 0, time: Int = 1_700_000_000, data: [UInt8] = [], pax: [String: [UInt8]] = [:]
  ) {
    if !pax.isEmpty {
      let records = pax.sorted { $0.key < $1.key }.flatMap { Self.record($0.key, $0.value) }
      entry("pax", type: "x", data: records)
    }
    var block = [UInt8](repeating: 0, count: 512)
    func put(_ text: [UInt8], _ offset: Int, _ width: Int) {
      block.replaceSubrange(offset..<offset + min(width, text.count), with: text.prefix(width))
    }
    func number(_ value: Int, _ offset: Int, _ width: Int) {
      let digits = String(value, radix: 8)
      if digits.utf8.count < width {
        put(Array((String(repeating: "0", count: width - 1 - digits.utf8.count) + digits).utf8), offset, width)
      } else {
        block[offset] = 0x80
        for index in 0..<min(8, width - 1) { block[offset + width - 1 - index] = UInt8(truncatingIfNeeded: value >> (8 * index)) }
      }
    }
    put(Array(path.utf8), 0, 100)
    number(mode, 100, 8)
    number(uid, 108, 8)
    number(gid, 116, 8)
    number(size ?? data.count, 124, 12)
    number(time, 136, 12)
    put(Array("        ".utf8), 148, 8)
    put(Array(String(type).utf8), 156, 1)
    put(Array(link.utf8), 157, 100)
    put(Array("ustar\u{0}00".utf8), 257, 8)
    number(major, 329, 8)
    number(minor, 337, 8)
    let sum = String(block.reduce(0) { $0 + Int($1) }, radix: 8)
    put(Array((String(repeating: "0", count: 6 - sum.utf8.count) + sum + "\u{0} ").utf8), 148, 8)
    bytes += block + data + [UInt8](repeating: 0, count: (512 - data.count % 512) % 512)
  }

  mutating func file(_ path: String, _ text: String, mode: Int = 0o644, pax: [String: [UInt8]] = [:]) {
    entry(path, mode: mode, data: Array(text.utf8), pax: pax)
  }
  mutating func directory(_ path: String, mode: Int = 0o755) { entry(path, type: "5", mode: mode) }
  mutating func symlink(_ path: String, _ target: String) { entry(path, type: "2", mode: 0o777, link: target) }
  mutating func hardLink(_ path: String, _ target: String) { entry(path, type: "1", link: target) }

  /// The whole archive.
  var archive: [UInt8] { bytes + [UInt8](repeating: 0, count: 1024) }

  static func make(_ body: (inout TarBuilder) -> Void) -> [UInt8] {
    var builder = TarBuilder()
    body(&builder)
    return builder.archive
  }

  private static func record(_ key: String, _ value: [UInt8]) -> [UInt8] {
    let rest = Array(" \(key)=".utf8) + value + [0x0A]
    var length = rest.count
    while String(length).utf8.count + rest.count != length { length = String(length).utf8.count + rest.count }
    return Array(String(length).utf8) + rest
  }
}
