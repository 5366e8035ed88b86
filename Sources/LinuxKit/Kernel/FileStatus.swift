import CLinux
import Glibc

/// A moment since 1970.
public struct FileTime: Equatable, Sendable {
  public var seconds: Int64
  /// 0 to 999,999,999.
  public var nanoseconds: Int64
  public init(seconds: Int64, nanoseconds: Int64 = 0) {
    self.seconds = seconds
    self.nanoseconds = nanoseconds
  }
  init(_ time: timespec) {
    self.init(seconds: Int64(time.tv_sec), nanoseconds: Int64(time.tv_nsec))
  }
}

/// What `stat(2)` knows of a file.
public struct FileStatus: Sendable {
  /// What a file is (`S_IFMT`).
  public enum Kind: Sendable { case regular, directory, symlink, character, block, fifo, socket, unknown }

  public var kind: Kind
  /// Permission bits, set-user-id and its like included (`07777`).
  public var permissions: UInt32
  public var uid: UInt32
  public var gid: UInt32
  public var size: Int64
  public var links: UInt64
  public var device: UInt64
  public var inode: UInt64
  /// The device that a node stands for.
  public var major: UInt32
  public var minor: UInt32
  public var accessed: FileTime
  public var modified: FileTime
  public var changed: FileTime
  /// Disk use in blocks of 512 bytes.
  public var blocks: Int64

  init(_ raw: stat) {
    switch raw.st_mode & UInt32(S_IFMT) {
    case UInt32(S_IFREG): kind = .regular
    case UInt32(S_IFDIR): kind = .directory
    case UInt32(S_IFLNK): kind = .symlink
    case UInt32(S_IFCHR): kind = .character
    case UInt32(S_IFBLK): kind = .block
    case UInt32(S_IFIFO): kind = .fifo
    case UInt32(S_IFSOCK): kind = .socket
    default: kind = .unknown
    }
    permissions = raw.st_mode & 0o7777
    uid = raw.st_uid
    gid = raw.st_gid
    size = Int64(raw.st_size)
    links = UInt64(raw.st_nlink)
    device = UInt64(raw.st_dev)
    inode = UInt64(raw.st_ino)
    major = clinux_major(UInt64(raw.st_rdev))
    minor = clinux_minor(UInt64(raw.st_rdev))
    accessed = FileTime(raw.st_atim)
    modified = FileTime(raw.st_mtim)
    changed = FileTime(raw.st_ctim)
    blocks = Int64(raw.st_blocks)
  }
}
