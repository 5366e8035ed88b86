import Glibc
import LinuxKit
import OCI

/// A copy of a layer's archive, as it goes to a registry: packed with what layers are packed with, or not at all.
struct KeptArchive {
  let descriptor: ContentDescriptor
  let path: String

  /// Copies a regular file, at most `limit` bytes of it. One that is packed otherwise (xz, bzip2) is packed anew.
  ///
  /// `isOurs`: nobody else can write to the file, which is on the file system of `path` and has served its purpose: it is not copied but named.
  init(
    of file: borrowing Descriptor, at path: String, diffID: Digest, limit: Int64 = .max, isOurs: Bool = false, _ cancellation: Cancellation
  ) throws {
    self.path = path
    if lseek(file.number, 0, SEEK_SET) < 0 { throw KernelError.last("lseek(2)") }
    var magic = [UInt8](repeating: 0, count: 6)
    let length = try magic.withUnsafeMutableBytes { try file.read(into: $0) }
    let compression = LayerCompression(magic: magic.prefix(length))
    if compression == .none, magic.starts(with: [0xFD, 0x37, 0x7A, 0x58, 0x5A, 0]) || magic.starts(with: [0x42, 0x5A, 0x68]) {
      let packer = try GzipFile(path)
      let stream = try DecompressedFile(file, limits: nil, cancellation: cancellation, isHashed: false)
      try packer.write(all: stream)
      descriptor = try packer.finish()
      return
    }
    if isOurs {
      // Whose it was in somebody's archive, and what its rights were, is no matter.
      try file.setOwner(FileOwner(uid: 0, gid: 0))
      try file.setPermissions(0o600)
      try file.link(as: path)
    }
    var size: Int64 = 0
    var hash: ContentHash?
    if isOurs, compression == .none {
      size = try file.status().size
      guard size <= limit else { throw Self.tooLarge(limit) }
    } else {
      (size, hash) = try Self.read(
        file, isOurs ? nil : path, limit: limit, isHashed: compression != .none, cancellation)
    }
    descriptor = ContentDescriptor(
      mediaType: MediaType.layer + (compression == .none ? "" : "+\(compression.rawValue)"),
      digest: hash?.digest() ?? diffID, size: size)
  }

  /// Reads all of a file, and copies it where a path is given.
  ///
  /// - Returns: Its bytes, and their digest where it is asked for: what is not packed has that of the layer.
  private static func read(
    _ file: borrowing Descriptor, _ path: String?, limit: Int64, isHashed: Bool, _ cancellation: Cancellation
  ) throws -> (size: Int64, hash: ContentHash?) {
    let copy = try path.map { try Descriptor.open($0, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW, mode: 0o600) }
    var hash = isHashed ? ContentHash() : nil
    var size: Int64 = 0
    var buffer = [UInt8](repeating: 0, count: 1 << 20)
    if lseek(file.number, 0, SEEK_SET) < 0 { throw KernelError.last("lseek(2)") }
    while true {
      try cancellation.check()
      let count = try buffer.withUnsafeMutableBytes { raw in
        let count = try file.read(into: raw)
        let piece = UnsafeRawBufferPointer(rebasing: raw[..<count])
        hash?.update(piece)
        try copy?.writeAll(piece, at: size)
        return count
      }
      if count == 0 { return (size, hash) }
      size += Int64(count)
      guard size <= limit else { throw tooLarge(limit) }
    }
  }

  private static func tooLarge(_ limit: Int64) -> ImageStoreError { .invalid("the archive has more than \(limit) bytes") }
}
