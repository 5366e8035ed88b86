package import LinuxKit

/// One entry of an archive, as its reader tells it; nothing in it is to be trusted.
package struct ArchiveEntry {
  package enum Kind: Equatable, Sendable { case file, directory, symlink, hardLink, character, block, fifo, other }
  package var path: [UInt8]
  package var kind: Kind
  /// Target of a symbolic or hard link.
  package var target: [UInt8]
  /// `07777`.
  package var permissions: UInt32
  package var uid: Int64
  package var gid: Int64
  /// Declared bytes.
  package var size: Int64
  package var modified: FileTime
  package var major: UInt32
  package var minor: UInt32
  package var attributes: [(name: String, value: [UInt8])]

  /// The path for messages.
  package var text: String { String(decoding: path.prefix(300), as: UTF8.self) }

  package init(
    path: [UInt8], kind: Kind, target: [UInt8] = [], permissions: UInt32 = 0, uid: Int64 = 0, gid: Int64 = 0, size: Int64 = 0,
    modified: FileTime = FileTime(seconds: 0), major: UInt32 = 0, minor: UInt32 = 0, attributes: [(name: String, value: [UInt8])] = []
  ) {
    self.path = path
    self.kind = kind
    self.target = target
    self.permissions = permissions
    self.uid = uid
    self.gid = gid
    self.size = size
    self.modified = modified
    self.major = major
    self.minor = minor
    self.attributes = attributes
  }
}
