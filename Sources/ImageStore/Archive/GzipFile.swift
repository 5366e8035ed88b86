import CArchive
import Glibc
import LinuxKit
import OCI

/// Writes a new file packed with gzip (libarchive's filter), without a time in it: equal content is equal bytes.
final class GzipFile {
  private let archive: OpaquePointer
  private let path: String
  private let file: Descriptor

  init(_ path: String) throws {
    guard let archive = archive_write_new() else { throw ImageStoreError.system("libarchive: out of memory") }
    self.archive = archive
    self.path = path
    file = try Descriptor.open(path, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW, mode: 0o600)
    archive_write_set_format_raw(archive)
    archive_write_add_filter_gzip(archive)
    archive_write_set_filter_option(archive, "gzip", "timestamp", nil)
    guard archive_write_open_fd(archive, file.number) == ARCHIVE_OK else { throw failure }
    guard let entry = archive_entry_new() else { throw ImageStoreError.system("libarchive: out of memory") }
    defer { archive_entry_free(entry) }
    archive_entry_set_filetype(entry, UInt32(Glibc.S_IFREG))
    archive_entry_set_pathname(entry, "layer")
    guard archive_write_header(archive, entry) == ARCHIVE_OK else { throw failure }
  }

  deinit { archive_write_free(archive) }

  func write(_ bytes: UnsafeRawBufferPointer) throws {
    var rest = bytes
    while !rest.isEmpty {
      let count = archive_write_data(archive, rest.baseAddress, rest.count)
      guard count > 0 else { throw failure }
      rest = UnsafeRawBufferPointer(rebasing: rest[Int(count)...])
    }
  }

  /// Everything that is left of a stream.
  func write(all stream: DecompressedFile) throws {
    while true {
      let piece = try stream.next()
      if piece.isEmpty { return }
      try write(piece)
    }
  }

  /// Ends the file and brings it to disk.
  func finish() throws -> ContentDescriptor {
    guard archive_write_close(archive) == ARCHIVE_OK else { throw failure }
    try file.synchronize()
    var hash = ContentHash()
    var size: Int64 = 0
    if lseek(file.number, 0, SEEK_SET) < 0 { throw KernelError.last("lseek(2)") }
    var buffer = [UInt8](repeating: 0, count: 1 << 18)
    while true {
      let count = try buffer.withUnsafeMutableBytes { raw in
        let count = try file.read(into: raw)
        hash.update(UnsafeRawBufferPointer(rebasing: raw[..<count]))
        return count
      }
      if count == 0 { break }
      size += Int64(count)
    }
    return ContentDescriptor(mediaType: MediaType.layer + "+gzip", digest: hash.digest(), size: size)
  }

  private var failure: ImageStoreError {
    .system("packing \(path): " + (archive_error_string(archive).map { String(cString: $0) } ?? "unknown error"))
  }
}
