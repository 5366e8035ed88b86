import CLinux
import Glibc

/// One name of a directory.
public struct DirectoryEntry: Sendable {
  /// The name's bytes, NUL at the end.
  public var name: [CChar]
  /// What the file system says it is, `.unknown` when it says nothing.
  public var kind: FileStatus.Kind
  /// The name, repaired where it is not UTF-8.
  public var text: String { String(decoding: name.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self) }
}

extension Descriptor {
  /// All names of this directory (opened for reading), without `.` and `..`, unordered.
  public borrowing func entries() throws(KernelError) -> [DirectoryEntry] {
    let number = self.number
    var entries: [DirectoryEntry] = []
    // From the start, also when the directory was read before.
    try kernel("lseek(2)") { lseek(number, 0, SEEK_SET) }
    var buffer = [UInt8](repeating: 0, count: 32768)
    while true {
      let filled = try kernel("getdents64(2)") { buffer.withUnsafeMutableBytes { clinux_getdents64(number, $0.baseAddress, $0.count) } }
      if filled == 0 { return entries }
      buffer.withUnsafeBytes { raw in
        // struct linux_dirent64: inode 8, offset 8, length 2, type 1, name.
        var at = 0
        while at + 19 < filled {
          let length = Int(raw.loadUnaligned(fromByteOffset: at + 16, as: UInt16.self))
          guard length > 19, at + length <= filled else { break }
          var name = raw[(at + 19)..<(at + length)].prefix { $0 != 0 }.map { CChar(bitPattern: $0) }
          let dot = CChar(bitPattern: UInt8(ascii: "."))
          if name != [dot] && name != [dot, dot] {
            name.append(0)
            entries.append(DirectoryEntry(name: name, kind: Self.kind(raw[at + 18])))
          }
          at += length
        }
      }
    }
  }

  private static func kind(_ type: UInt8) -> FileStatus.Kind {
    switch type {
    case 1: .fifo
    case 2: .character
    case 4: .directory
    case 6: .block
    case 8: .regular
    case 10: .symlink
    case 12: .socket
    default: .unknown
    }
  }
}
