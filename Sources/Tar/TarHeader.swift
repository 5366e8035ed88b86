package import LinuxKit

/// One header of a tar archive (POSIX.1-2001, "pax Interchange Format"), with extended records only for what the old fields cannot hold.
package struct TarHeader {
  package enum EntryType: UInt8, Sendable {
    case file = 0x30
    case hardLink, symlink, character, block, directory, fifo
  }
  package var path: [UInt8]
  package var type: EntryType
  package var permissions: UInt32
  package var uid: UInt32
  package var gid: UInt32
  package var size: Int64
  package var modified: FileTime
  package var target: [UInt8]
  package var major: UInt32 = 0
  package var minor: UInt32 = 0
  /// Further extended records.
  package var records: [(key: String, value: [UInt8])] = []

  package init(path: [UInt8], type: EntryType, status: FileStatus, target: [UInt8] = []) {
    self.path = path
    self.type = type
    permissions = status.permissions
    uid = status.uid
    gid = status.gid
    size = type == .file ? status.size : 0
    modified = status.modified
    self.target = target
    if type == .character || type == .block { (major, minor) = (status.major, status.minor) }
  }

  /// A plain file or directory of root's, from 1970.
  package init(plain path: String, type: EntryType, permissions: UInt32, size: Int64) {
    self.path = Array(path.utf8)
    self.type = type
    self.permissions = permissions
    (uid, gid, target) = (0, 0, [])
    self.size = size
    modified = FileTime(seconds: 0)
  }

  private init(deletion path: [UInt8]) {
    self.path = path
    (type, permissions, uid, gid, size, target) = (.file, 0, 0, 0, 0, [])
    modified = FileTime(seconds: 0)
  }

  /// An empty file that stands for a deletion.
  package static func deletion(_ path: some Sequence<UInt8>) -> TarHeader { TarHeader(deletion: Array(path)) }

  package func bytes(attributes: [(name: String, value: [UInt8])]) -> [UInt8] {
    var records: [UInt8] = []
    func record(_ key: String, _ value: [UInt8]) { records += Self.record(key, value) }
    if path.count > 100 { record("path", path) }
    if target.count > 100 { record("linkpath", target) }
    if uid > 0o7777777 { record("uid", Array(String(uid).utf8)) }
    if gid > 0o7777777 { record("gid", Array(String(gid).utf8)) }
    if size > 0o77777777777 { record("size", Array(String(size).utf8)) }
    let hasOldTime = modified.nanoseconds == 0 && (0...0o77777777777).contains(modified.seconds)
    if !hasOldTime { record("mtime", Array(Self.decimal(modified).utf8)) }
    for (key, value) in self.records { record(key, value) }
    for (name, value) in attributes { record("SCHILY.xattr." + name, value) }
    var all: [UInt8] = []
    if !records.isEmpty {
      all += block(path: Array("PaxHeaders/x".utf8), type: 0x78, size: Int64(records.count), plain: true)
      all += records
      all += [UInt8](repeating: 0, count: (512 - records.count % 512) % 512)
    }
    return all + block(path: path, type: type.rawValue, size: size, plain: false)
  }

  private func block(path: [UInt8], type: UInt8, size: Int64, plain: Bool) -> [UInt8] {
    var block = [UInt8](repeating: 0, count: 512)
    func put(_ bytes: some Collection<UInt8>, _ offset: Int, _ width: Int) {
      block.replaceSubrange(offset..<offset + min(width, bytes.count), with: bytes.prefix(width))
    }
    func octal(_ value: Int64, _ offset: Int, _ width: Int) {
      let digits = String(value, radix: 8)
      let fits = value >= 0 && digits.utf8.count < width
      put(Array((String(repeating: "0", count: width - 1 - (fits ? digits.utf8.count : 1)) + (fits ? digits : "0")).utf8), offset, width)
    }
    put(path, 0, 100)
    octal(plain ? 0o644 : Int64(permissions), 100, 8)
    octal(plain ? 0 : Int64(uid), 108, 8)
    octal(plain ? 0 : Int64(gid), 116, 8)
    octal(size, 124, 12)
    octal(plain ? 0 : modified.seconds, 136, 12)
    put(Array("        ".utf8), 148, 8)
    block[156] = type
    if !plain { put(target, 157, 100) }
    put(Array("ustar\u{0}00".utf8), 257, 8)
    octal(plain ? 0 : Int64(major), 329, 8)
    octal(plain ? 0 : Int64(minor), 337, 8)
    let sum = block.reduce(0) { $0 + Int64($1) }
    let digits = String(sum, radix: 8)
    put(Array((String(repeating: "0", count: 6 - digits.utf8.count) + digits + "\u{0} ").utf8), 148, 8)
    return block
  }

  /// `LENGTH KEY=VALUE\n`, where the length counts itself.
  private static func record(_ key: String, _ value: [UInt8]) -> [UInt8] {
    let rest = Array(" \(key)=".utf8) + value + [0x0A]
    var length = rest.count + 1
    while String(length).utf8.count + rest.count != length { length = String(length).utf8.count + rest.count }
    return Array(String(length).utf8) + rest
  }

  private static func decimal(_ time: FileTime) -> String {
    guard time.nanoseconds > 0 else { return String(time.seconds) }
    // Before 1970 the fraction counts down: -1 s + 0.25 s is -0.75 s.
    let isNegative = time.seconds < 0
    let seconds = isNegative ? -(time.seconds + 1) : time.seconds
    let fraction = String(isNegative ? 1_000_000_000 - time.nanoseconds : time.nanoseconds)
    return (isNegative ? "-" : "") + "\(seconds)." + String(repeating: "0", count: 9 - fraction.utf8.count) + fraction
  }
}
