import CArchive
import Glibc
import LinuxKit
import OCI

/// Content with gzip, bzip2, xz or zstd undone (libarchive's own filters: no program is ever started), hashed on the way where its digest is wanted.
final class DecompressedFile: ByteSource {
  private let archive: OpaquePointer
  private let feed: Feed?
  private let limits: UnpackLimits?
  private let cancellation: Cancellation?
  /// nil: nobody asks for the digest.
  private var hash: ContentHash?
  private var isAtEnd = false
  /// Bytes given out.
  private(set) var count: Int64 = 0

  /// Reads from the start of a regular file, which must stay open as long as this. `limits`: of its content; nil: none.
  convenience init(
    _ file: borrowing Descriptor, limits: UnpackLimits?, cancellation: Cancellation? = nil, isHashed: Bool = true
  ) throws {
    try self.init(feed: nil, limits: limits, cancellation: cancellation, isHashed: isHashed)
    archive_read_support_filter_gzip(archive)
    archive_read_support_filter_bzip2(archive)
    archive_read_support_filter_xz(archive)
    archive_read_support_filter_zstd(archive)
    if lseek(file.number, 0, SEEK_SET) < 0 { throw KernelError.last("lseek(2)") }
    guard archive_read_open_fd(archive, file.number, 131_072) == ARCHIVE_OK else { throw failure }
    try begin()
  }

  /// Reads what comes from a source, of one compression and no other.
  convenience init(_ source: any ByteSource, _ compression: LayerCompression, limits: UnpackLimits?, cancellation: Cancellation? = nil)
    throws
  {
    let feed = Feed(source)
    try self.init(feed: feed, limits: limits, cancellation: cancellation, isHashed: true)
    switch compression {
    case .none: break
    case .gzip: archive_read_support_filter_gzip(archive)
    case .zstd: archive_read_support_filter_zstd(archive)
    }
    guard feed.open(archive) == ARCHIVE_OK else { throw failure }
    try begin()
  }

  private init(feed: Feed?, limits: UnpackLimits?, cancellation: Cancellation?, isHashed: Bool) throws {
    guard let archive = archive_read_new() else { throw ImageStoreError.system("libarchive: out of memory") }
    self.archive = archive
    self.feed = feed
    self.limits = limits
    self.cancellation = cancellation
    hash = isHashed ? ContentHash() : nil
    archive_read_support_format_raw(archive)
    archive_read_support_format_empty(archive)
  }

  private func begin() throws {
    var entry: OpaquePointer?
    switch archive_read_next_header(archive, &entry) {
    case ARCHIVE_OK: break
    case ARCHIVE_EOF: isAtEnd = true
    default: throw failure
    }
  }

  deinit { archive_read_free(archive) }

  func next() throws -> UnsafeRawBufferPointer {
    try cancellation?.check()
    var base: UnsafeRawPointer?
    var size = 0
    var offset: la_int64_t = 0
    while !isAtEnd {
      switch archive_read_data_block(archive, &base, &size, &offset) {
      case ARCHIVE_EOF: isAtEnd = true
      case ARCHIVE_OK:
        if size == 0 { continue }
        let piece = UnsafeRawBufferPointer(start: base, count: size)
        count += Int64(size)
        if let limits { try check(limits) }
        hash?.update(piece)
        return piece
      default: throw failure
      }
    }
    return UnsafeRawBufferPointer(start: nil, count: 0)
  }

  private func check(_ limits: UnpackLimits) throws {
    if count > limits.bytes { throw ImageStoreError.invalid("the archive's content is larger than \(limits.bytes) bytes") }
    guard count > limits.unquestioned else { return }
    let packed = archive_filter_bytes(archive, -1)
    if count / limits.expansion > packed {
      throw ImageStoreError.invalid("the archive's content is more than \(limits.expansion) times its size: \(count) bytes of \(packed)")
    }
  }

  /// Reads what is left and returns the digest of the whole content, which must be hashed.
  func finish() throws -> Digest {
    while try !next().isEmpty {}
    guard let hash else { throw ImageStoreError.system("the digest of content was asked for that was read without one") }
    return hash.digest()
  }

  private var failure: any Error {
    feed?.failure
      ?? ImageStoreError.invalid("reading the file: " + (archive_error_string(archive).map { String(cString: $0) } ?? "unknown error"))
  }
}
