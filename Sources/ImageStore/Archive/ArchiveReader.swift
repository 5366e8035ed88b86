import CArchive
import Glibc
import LinuxKit
import Tar

/// Where the bytes of an archive come from, piece by piece. An empty piece is the end; a piece is valid until the next call.
protocol ByteSource: AnyObject {
  func next() throws -> UnsafeRawBufferPointer
}

/// Reads an uncompressed tar archive with libarchive: entries one by one, and the data of each.
final class ArchiveReader {
  private let archive: OpaquePointer
  private let feed: Feed
  /// What libarchive found odd but could read.
  private(set) var warnings: [String] = []

  init(_ source: any ByteSource) throws {
    guard let archive = archive_read_new() else { throw ImageStoreError.system("libarchive: out of memory") }
    self.archive = archive
    feed = Feed(source)
    archive_read_support_format_tar(archive)
    archive_read_support_format_empty(archive)
    if feed.open(archive) != ARCHIVE_OK { throw failure("opening") }
  }

  deinit { archive_read_free(archive) }

  /// The next entry; nil at the end of the archive.
  func next() throws -> ArchiveEntry? {
    var pointer: OpaquePointer?
    switch archive_read_next_header(archive, &pointer) {
    case ARCHIVE_EOF: return nil
    case ARCHIVE_OK: break
    case ARCHIVE_WARN: if warnings.count < 20 { warnings.append(message) }
    default: throw failure("reading an entry")
    }
    guard let pointer else { throw failure("reading an entry") }
    return try ArchiveEntry(reading: pointer)
  }

  /// The next piece of the current entry's data and its offset in the file; nil after the last.
  func nextData() throws -> (bytes: UnsafeRawBufferPointer, offset: Int64)? {
    var base: UnsafeRawPointer?
    var count = 0
    var offset: la_int64_t = 0
    switch archive_read_data_block(archive, &base, &count, &offset) {
    case ARCHIVE_OK: return (UnsafeRawBufferPointer(start: base, count: count), Int64(offset))
    case ARCHIVE_EOF: return nil
    default: throw failure("reading data")
    }
  }

  private var message: String { archive_error_string(archive).map { String(cString: $0) } ?? "unknown error" }

  private func failure(_ doing: String) -> any Error {
    feed.failure ?? ImageStoreError.invalid("\(doing) of the archive: \(message)")
  }
}

/// What libarchive's callback needs. Must live as long as the archive that reads from it.
final class Feed {
  private let source: any ByteSource
  private(set) var failure: (any Error)?
  init(_ source: any ByteSource) { self.source = source }

  /// Opens an archive that reads from the source; what the source throws is ``failure``.
  func open(_ archive: OpaquePointer) -> Int32 {
    archive_read_open(
      archive, Unmanaged.passUnretained(self).toOpaque(), nil,
      { archive, client, buffer in
        guard let client, let buffer else { return -1 }
        let feed = Unmanaged<Feed>.fromOpaque(client).takeUnretainedValue()
        do {
          let piece = try feed.source.next()
          buffer.pointee = piece.baseAddress
          return la_ssize_t(piece.count)
        } catch {
          feed.failure = error
          archive_set_error_text(archive, EIO, "reading failed")
          return -1
        }
      }, nil)
  }
}

extension ArchiveEntry {
  fileprivate init(reading entry: OpaquePointer) throws {
    func bytes(_ text: UnsafePointer<CChar>?) -> [UInt8]? {
      text.map { Array(UnsafeRawBufferPointer(start: $0, count: strlen($0))) }
    }
    guard let path = bytes(archive_entry_pathname(entry)) else {
      throw ImageStoreError.invalid("an entry of the archive has a name that cannot be read")
    }
    self.init(path: path, kind: .other)
    if let target = bytes(archive_entry_hardlink(entry)) {
      kind = .hardLink
      self.target = target
    } else {
      switch UInt32(archive_entry_filetype(entry)) {
      case UInt32(Glibc.S_IFREG): kind = .file
      case UInt32(Glibc.S_IFDIR): kind = .directory
      case UInt32(Glibc.S_IFLNK):
        kind = .symlink
        target = bytes(archive_entry_symlink(entry)) ?? []
      case UInt32(Glibc.S_IFCHR): kind = .character
      case UInt32(Glibc.S_IFBLK): kind = .block
      case UInt32(Glibc.S_IFIFO): kind = .fifo
      default: kind = .other
      }
    }
    permissions = UInt32(archive_entry_perm(entry)) & 0o7777
    uid = Int64(archive_entry_uid(entry))
    gid = Int64(archive_entry_gid(entry))
    size = Int64(archive_entry_size(entry))
    modified = FileTime(seconds: Int64(archive_entry_mtime(entry)), nanoseconds: Int64(archive_entry_mtime_nsec(entry)))
    major = UInt32(truncatingIfNeeded: archive_entry_rdevmajor(entry))
    minor = UInt32(truncatingIfNeeded: archive_entry_rdevminor(entry))
    archive_entry_xattr_reset(entry)
    var name: UnsafePointer<CChar>?
    var value: UnsafeRawPointer?
    var count = 0
    while archive_entry_xattr_next(entry, &name, &value, &count) == ARCHIVE_OK {
      guard let name else { continue }
      attributes.append((String(cString: name), Array(UnsafeRawBufferPointer(start: value, count: count))))
    }
  }
}
