import LinuxKit

/// One entry of an archive, as libarchive tells it; nothing in it is to be trusted.
struct ArchiveEntry {
  enum Kind: Equatable { case file, directory, symlink, hardLink, character, block, fifo, other }
  var path: [UInt8]
  var kind: Kind
  /// Target of a symbolic or hard link.
  var target: [UInt8]
  /// `07777`.
  var permissions: UInt32
  var uid: Int64
  var gid: Int64
  /// Declared bytes.
  var size: Int64
  var modified: FileTime
  var major: UInt32
  var minor: UInt32
  var attributes: [(name: String, value: [UInt8])]

  /// The path for messages.
  var text: String { String(decoding: path.prefix(300), as: UTF8.self) }
}
