import Glibc
import LinuxKit
import SystemPackage

/// Data keys that are to be sealed anew, written down as a whole before the first record is changed in place: an engine that dies half way
/// finishes it at its next start.
///
/// In place, since ten thousand new files in a directory take ext4 half a minute: it looks for inodes that have not been freed lately.
struct RewrapJournal {
  struct Entry: Equatable {
    /// The record's name in the store's directory.
    var file: String
    /// Where the master key's id and the box with the data key stand in it.
    var offset: Int
    var bytes: [UInt8]
  }
  static let name = "rewrap.journal"
  static let length = KeyID.length + boxOverhead + 32
  /// 10,000 secrets with ten versions have 15 MB.
  private static let limit = 64 << 20

  var entries: [Entry]

  /// Each: the name's length in one byte, the name, the offset (u32, big endian), the bytes.
  var bytes: [UInt8] {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(entries.count * 128)
    for entry in entries {
      bytes.append(UInt8(entry.file.utf8.count))
      bytes += Array(entry.file.utf8)
      for shift in [24, 16, 8, 0] { bytes.append(UInt8(entry.offset >> shift & 255)) }
      bytes += entry.bytes
    }
    return bytes
  }

  init(_ entries: [Entry]) { self.entries = entries }

  /// nil: not a journal.
  init?(_ bytes: [UInt8]) {
    entries = []
    var at = 0
    while at < bytes.count {
      let nameEnd = at + 1 + Int(bytes[at])
      let end = nameEnd + 4 + Self.length
      guard end <= bytes.count else { return nil }
      let offset = bytes[nameEnd..<nameEnd + 4].reduce(0) { $0 << 8 | Int($1) }
      entries.append(
        Entry(file: String(decoding: bytes[at + 1..<nameEnd], as: UTF8.self), offset: offset, bytes: Array(bytes[nameEnd + 4..<end])))
      at = end
    }
  }

  /// The one that an engine has left; nil: none.
  static func left(in place: borrowing Descriptor) throws(KernelError) -> RewrapJournal? {
    let bytes: [UInt8]
    do throws(KernelError) {
      bytes = try place.open(at: name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK).readAll(limit: limit)
    } catch {
      if error.errno == ENOENT { return nil }
      throw error
    }
    return RewrapJournal(bytes)
  }

  /// Changes one record.
  static func write(_ entry: Entry, in place: borrowing Descriptor) throws(KernelError) {
    let file = try place.open(at: entry.file, O_WRONLY | O_NOFOLLOW | O_NONBLOCK)
    let number = file.number
    let count = entry.bytes.withUnsafeBytes { pwrite(number, $0.baseAddress, $0.count, off_t(entry.offset)) }
    guard count == entry.bytes.count else { throw KernelError.last("pwrite(2)", [entry.file]) }
  }
}
