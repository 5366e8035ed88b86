import CArchive
import Glibc
public import LinuxKit

/// Files packed with gzip that say, in a comment before their content (RFC 1952, section 2.3), where they come from.
public enum PackedFile {
  private static let longestComment = 200

  /// Packs what is in `file` from its beginning into a new file at `path`, which is on the disk when this returns. What was at `path` is replaced.
  public static func write(_ file: borrowing Descriptor, to path: String, comment: String, mode: UInt32) throws {
    let packed = try Descriptor.open(path, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW, mode: mode)
    // A member without content: what follows is one of its own, and reading goes over both.
    try packed.writeAll(
      [0x1F, 0x8B, 8, 0x10, 0, 0, 0, 0, 0, 3] + Array(comment.utf8.prefix(longestComment)) + [0, 3, 0] + [UInt8](repeating: 0, count: 8))
    guard let archive = archive_write_new(), let entry = archive_entry_new() else {
      throw ImageStoreError.system("libarchive: out of memory")
    }
    defer {
      archive_entry_free(entry)
      archive_write_free(archive)
    }
    func check(_ result: some BinaryInteger) throws {
      guard result < 0 else { return }
      throw ImageStoreError.system("packing \(path): " + (archive_error_string(archive).map { String(cString: $0) } ?? "unknown error"))
    }
    archive_write_set_format_raw(archive)
    archive_write_add_filter_gzip(archive)
    archive_write_set_filter_option(archive, "gzip", "timestamp", nil)
    archive_write_set_bytes_in_last_block(archive, 1)
    try check(archive_write_open_fd(archive, packed.number))
    archive_entry_set_filetype(entry, UInt32(Glibc.S_IFREG))
    archive_entry_set_pathname(entry, "content")
    try check(archive_write_header(archive, entry))
    var buffer = [UInt8](repeating: 0, count: 1 << 17)
    var offset: off_t = 0
    let number = file.number
    while true {
      let count = buffer.withUnsafeMutableBytes { pread(number, $0.baseAddress, $0.count, offset) }
      if count < 0 { throw KernelError.last("pread(2)", [path]) }
      if count == 0 { break }
      offset += off_t(count)
      var written = 0
      while written < count {
        let more = buffer.withUnsafeBytes { raw in
          archive_write_data(archive, raw.baseAddress.map { $0 + written }, count - written)
        }
        try check(more)
        if more == 0 { throw ImageStoreError.system("packing \(path): nothing is taken") }
        written += Int(more)
      }
    }
    try check(archive_write_close(archive))
    try packed.synchronize()
  }

  /// The comment of a packed file; nil when it has none.
  public static func comment(of file: borrowing Descriptor) -> String? {
    var head = [UInt8](repeating: 0, count: 11 + longestComment)
    let number = file.number
    let count = head.withUnsafeMutableBytes { pread(number, $0.baseAddress, $0.count, 0) }
    guard count > 10, head[0] == 0x1F, head[1] == 0x8B, head[3] == 0x10, let end = head[10..<count].firstIndex(of: 0) else { return nil }
    return String(validating: head[10..<end], as: UTF8.self)
  }
}

/// Reads the content of a packed file, a piece at a time.
public final class UnpackedFile {
  private let archive: OpaquePointer

  /// Reads from the start of a file, which must stay open as long as this.
  public init(_ file: borrowing Descriptor) throws {
    guard let archive = archive_read_new() else { throw ImageStoreError.system("libarchive: out of memory") }
    self.archive = archive
    archive_read_support_format_raw(archive)
    archive_read_support_filter_gzip(archive)
    if lseek(file.number, 0, SEEK_SET) < 0 { throw KernelError.last("lseek(2)") }
    var entry: OpaquePointer?
    guard archive_read_open_fd(archive, file.number, 65_536) == ARCHIVE_OK, archive_read_next_header(archive, &entry) == ARCHIVE_OK else {
      throw ImageStoreError.invalid(
        "reading a packed file: " + (archive_error_string(archive).map { String(cString: $0) } ?? "unknown error"))
    }
  }

  deinit { archive_read_free(archive) }

  /// The next bytes; 0 is the end, or that the rest is damaged.
  public func read(into buffer: UnsafeMutableRawBufferPointer) -> Int {
    max(0, Int(archive_read_data(archive, buffer.baseAddress, buffer.count)))
  }
}
