import LinuxKit

/// Reads a tar archive as `TreeArchiver` and Docker write it: POSIX.1-2001 (pax) with sparse files of GNU tar's format 1.0, ustar, and GNU's long
/// names. Uncompressed; nothing in it is trusted.
package final class TarReader: EntrySource {
  /// Bytes of a header's extension, of a sparse file's map, and entries of the map.
  private static let extensionLimit: Int64 = 1 << 20
  private let read: (UnsafeMutableRawBufferPointer) throws -> Int
  private var buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 131_072, alignment: 16)
  /// Of the current entry's data: what is still to come, and what comes after it to the end of the block.
  private var left: Int64 = 0
  private var padding: Int64 = 0
  private var map: [SparseMap.Range] = []
  private var position: Int64 = 0
  private var isAtEnd = false

  /// `read` fills what it is given, or less; 0 is the end.
  package init(_ read: @escaping (UnsafeMutableRawBufferPointer) throws -> Int) { self.read = read }

  deinit { buffer.deallocate() }

  package func next() throws -> ArchiveEntry? {
    try skip(left + padding)
    (left, padding) = (0, 0)
    var records: [String: [UInt8]] = [:]
    var attributes: [(name: String, value: [UInt8])] = []
    var longPath: [UInt8]?
    var longTarget: [UInt8]?
    while !isAtEnd {
      guard let block = try block() else { return nil }
      if block.allSatisfy({ $0 == 0 }) {
        isAtEnd = true
        break
      }
      let header = try TarBlock(block)
      switch header.type {
      case UInt8(ascii: "x"): try take(try contents(header.size), into: &records, &attributes)
      case UInt8(ascii: "g"): _ = try contents(header.size)
      case UInt8(ascii: "L"): longPath = try contents(header.size).prefix { $0 != 0 }
      case UInt8(ascii: "K"): longTarget = try contents(header.size).prefix { $0 != 0 }
      default:
        if let longPath { records["path"] = records["path"] ?? longPath }
        if let longTarget { records["linkpath"] = records["linkpath"] ?? longTarget }
        return try entry(header, records, attributes)
      }
    }
    return nil
  }

  package func nextData() throws -> (bytes: UnsafeRawBufferPointer, offset: Int64)? {
    while let range = map.first, position >= range.end {
      map.removeFirst()
      if let next = map.first { position = next.offset }
    }
    guard let range = map.first, left > 0 else { return nil }
    let wanted = Int(min(left, range.end - position, Int64(buffer.count)))
    try fill(UnsafeMutableRawBufferPointer(rebasing: buffer[..<wanted]))
    left -= Int64(wanted)
    defer { position += Int64(wanted) }
    return (UnsafeRawBufferPointer(rebasing: buffer[..<wanted]), position)
  }

  private func entry(
    _ header: TarBlock, _ records: [String: [UInt8]], _ attributes: [(name: String, value: [UInt8])]
  ) throws -> ArchiveEntry {
    var entry = ArchiveEntry(
      path: records["path"] ?? header.path, kind: header.kind, target: records["linkpath"] ?? header.target,
      permissions: header.permissions,
      uid: try number("uid", records) ?? header.uid, gid: try number("gid", records) ?? header.gid,
      modified: records["mtime"].flatMap(fileTime) ?? FileTime(seconds: header.modified), major: header.major, minor: header.minor,
      attributes: attributes)
    // Old archives: a directory is a file whose name ends with a slash.
    if entry.kind == .file, entry.path.last == UInt8(ascii: "/") { entry.kind = .directory }
    let stored = try number("size", records) ?? header.size
    guard stored >= 0, stored < 1 << 60 else { throw TarError("the archive has an entry of \(stored) bytes") }
    left = entry.kind == .file || entry.kind == .other ? stored : 0
    padding = (512 - left % 512) % 512
    entry.size = entry.kind == .file ? stored : 0
    map = [SparseMap.Range(offset: 0, length: entry.size)]
    if records["GNU.sparse.major"] == Array("1".utf8), entry.kind == .file {
      guard let size = try number("GNU.sparse.realsize", records), size >= 0 else {
        throw TarError("the archive's sparse file has no size")
      }
      entry.path = records["GNU.sparse.name"] ?? entry.path
      entry.size = size
      map = try readMap(size: size)
    } else if records.keys.contains(where: { $0.hasPrefix("GNU.sparse.") }) {
      throw TarError("the archive's sparse file \"\(entry.text)\" is of an old format")
    }
    position = map.first?.offset ?? 0
    return entry
  }

  /// The map before a sparse file's data: decimal numbers, a line each, filled up to whole blocks.
  private func readMap(size: Int64) throws -> [SparseMap.Range] {
    var text: [UInt8] = []
    var numbers: [Int64] = []
    while true {
      guard left >= 512, let block = try block() else { throw TarError("the archive's sparse file has no whole map") }
      left -= 512
      text += block
      guard text.count <= Self.extensionLimit else { throw TarError("the archive's sparse file has too long a map") }
      while let end = text.firstIndex(of: 0x0A), numbers.isEmpty || numbers.count < 1 + 2 * Int(numbers[0]) {
        guard let number = Int64(String(decoding: text[..<end], as: UTF8.self)), number >= 0, number < 1 << 60 else {
          throw TarError("the archive's sparse file has a map that is none")
        }
        text.removeFirst(end + 1)
        numbers.append(number)
        guard numbers[0] <= Self.extensionLimit else { throw TarError("the archive's sparse file has too long a map") }
      }
      if let count = numbers.first, numbers.count == 1 + 2 * Int(count) { break }
    }
    var ranges: [SparseMap.Range] = []
    var end: Int64 = 0
    for index in stride(from: 1, to: numbers.count, by: 2) {
      let range = SparseMap.Range(offset: numbers[index], length: numbers[index + 1])
      guard range.offset >= end, range.end <= size else { throw TarError("the archive's sparse file has data outside its size") }
      end = range.end
      if range.length > 0 { ranges.append(range) }
    }
    guard ranges.reduce(0, { $0 + $1.length }) == left else { throw TarError("the archive's sparse file has another size than its map") }
    return ranges
  }

  /// `LENGTH KEY=VALUE\n`, again and again.
  private func take(
    _ bytes: [UInt8], into records: inout [String: [UInt8]], _ attributes: inout [(name: String, value: [UInt8])]
  ) throws {
    var rest = bytes[...]
    while let blank = rest.firstIndex(of: 0x20) {
      guard let length = Int(String(decoding: rest[..<blank], as: UTF8.self)), length > blank - rest.startIndex + 1, length <= rest.count
      else { throw TarError("the archive has an extended header that is none") }
      let record = rest[(blank + 1)..<(rest.startIndex + length - 1)]
      rest = rest.dropFirst(length)
      guard let equals = record.firstIndex(of: 0x3D) else { throw TarError("the archive has an extended header that is none") }
      let key = String(decoding: record[..<equals], as: UTF8.self)
      let value = Array(record[(equals + 1)...])
      if key.hasPrefix("SCHILY.xattr.") {
        attributes.append((String(key.dropFirst("SCHILY.xattr.".count)), value))
      } else {
        records[key] = value
      }
    }
  }

  private func number(_ key: String, _ records: [String: [UInt8]]) throws -> Int64? {
    guard let value = records[key] else { return nil }
    guard let number = Int64(String(decoding: value, as: UTF8.self)) else { throw TarError("the archive's \(key) is no number") }
    return number
  }

  /// The whole data of a header's extension.
  private func contents(_ size: Int64) throws -> [UInt8] {
    guard size >= 0, size <= Self.extensionLimit else { throw TarError("the archive has an extended header of \(size) bytes") }
    var bytes = [UInt8](repeating: 0, count: Int(size))
    try bytes.withUnsafeMutableBytes { try fill($0) }
    try skip((512 - size % 512) % 512)
    return bytes
  }

  private func block() throws -> [UInt8]? {
    var block = [UInt8](repeating: 0, count: 512)
    let count = try block.withUnsafeMutableBytes { try read($0) }
    if count == 0 { return nil }
    try block.withUnsafeMutableBytes { try fill(UnsafeMutableRawBufferPointer(rebasing: $0[count...])) }
    return block
  }

  private func fill(_ target: UnsafeMutableRawBufferPointer) throws {
    var rest = target[...]
    while !rest.isEmpty {
      let count = try read(UnsafeMutableRawBufferPointer(rebasing: rest))
      guard count > 0 else { throw TarError("the archive ends in the middle") }
      rest = rest.dropFirst(count)
    }
  }

  private func skip(_ count: Int64) throws {
    var count = count
    while count > 0 {
      let part = Int(min(count, Int64(buffer.count)))
      try fill(UnsafeMutableRawBufferPointer(rebasing: buffer[..<part]))
      count -= Int64(part)
    }
  }
}

/// `SECONDS[.FRACTION]`.
private func fileTime(_ value: [UInt8]) -> FileTime? {
  let parts = String(decoding: value, as: UTF8.self).split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false)
  guard let first = parts.first, let seconds = Int64(first), seconds > .min else { return nil }
  guard parts.count == 2 else { return FileTime(seconds: seconds) }
  let digits = parts[1].prefix(9)
  guard let fraction = Int64(digits + String(repeating: "0", count: 9 - digits.count)) else { return nil }
  return first.hasPrefix("-") && fraction > 0
    ? FileTime(seconds: seconds - 1, nanoseconds: 1_000_000_000 - fraction) : FileTime(seconds: seconds, nanoseconds: fraction)
}
