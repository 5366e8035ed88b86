import Glibc
import LinuxKit
import OCI

/// A layer's file while it comes in: one side appends, the other reads what is there and waits for more.
///
/// The file outlives a pull that is broken off, and the engine; the next pull goes on where it ends.
final class PartialBlob: @unchecked Sendable {
  let path: String
  /// Bytes that it will have.
  let size: Int64
  private let file: Descriptor
  // Under the lock.
  private var lock = pthread_mutex_t()
  private var changed = pthread_cond_t()
  private var count: Int64 = 0
  private var failure: (any Error)?
  // Of the one who appends.
  private var hash = ContentHash()

  /// Opens the file, or begins one. Nothing counts as there until ``readBack(_:)``.
  init(path: String, size: Int64) throws {
    self.path = path
    self.size = size
    file = try Descriptor.open(path, O_RDWR | O_CREAT | O_NOFOLLOW, mode: 0o600)
    pthread_mutex_init(&lock, nil)
    pthread_cond_init(&changed, nil)
  }

  deinit {
    pthread_cond_destroy(&changed)
    pthread_mutex_destroy(&lock)
  }

  private func locked<Value>(_ body: () throws -> Value) rethrows -> Value {
    pthread_mutex_lock(&lock)
    defer { pthread_mutex_unlock(&lock) }
    return try body()
  }

  /// Bytes that are there.
  var written: Int64 { locked { count } }

  /// Takes over what an earlier pull has left. Blocks.
  func readBack(_ cancellation: Cancellation) throws {
    let there = try file.status().size
    guard there > 0 else { return }
    guard there <= size else { return try file.setSize(0) }
    var buffer = [UInt8](repeating: 0, count: 1 << 20)
    while written < there {
      try cancellation.check()
      let got = try buffer.withUnsafeMutableBytes { try read(into: $0, at: written) }
      guard got > 0 else { break }
      buffer.withUnsafeBytes { hash.update(UnsafeRawBufferPointer(rebasing: $0[..<got])) }
      advance(got)
    }
    // What is too much at the end, where the file was shortened meanwhile.
    if written < there { try file.setSize(written) }
  }

  /// Adds bytes at the end. Blocks.
  func append(_ bytes: UnsafeRawBufferPointer) throws {
    let place = written
    hash.update(bytes)
    try file.writeAll(bytes, at: place)
    advance(bytes.count)
  }

  private func advance(_ bytes: Int) {
    locked {
      count += Int64(bytes)
      pthread_cond_broadcast(&changed)
    }
  }

  /// The digest of what is there.
  var digest: Digest { hash.digest() }

  /// Nothing more will come, and this is why.
  func fail(_ error: any Error) {
    locked {
      if failure == nil { failure = error }
      pthread_cond_broadcast(&changed)
    }
  }

  /// Reads from a place as soon as there is something; 0 is the end of the whole. Blocks.
  func waitAndRead(into buffer: UnsafeMutableRawBufferPointer, at offset: Int64) throws -> Int {
    let end = try locked {
      while count <= offset, offset < size, failure == nil { pthread_cond_wait(&changed, &lock) }
      if let failure { throw failure }
      return count
    }
    guard end > offset else { return 0 }
    return try read(into: UnsafeMutableRawBufferPointer(rebasing: buffer[..<Int(min(Int64(buffer.count), end - offset))]), at: offset)
  }

  private func read(into buffer: UnsafeMutableRawBufferPointer, at offset: Int64) throws -> Int {
    let number = file.number
    return try kernel("pread(2)") { pread(number, buffer.baseAddress, buffer.count, off_t(offset)) }
  }
}

/// A ``PartialBlob`` as it is read for unpacking; its first bytes must be of the compression that its media type names.
final class PartialBlobReader: ByteSource {
  private let blob: PartialBlob
  private let compression: LayerCompression
  private let name: String
  private let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 256 << 10, alignment: 16)
  private var offset: Int64 = 0

  init(_ blob: PartialBlob, _ compression: LayerCompression, name: String) {
    self.blob = blob
    self.compression = compression
    self.name = name
  }

  deinit { buffer.deallocate() }

  func next() throws -> UnsafeRawBufferPointer {
    var filled = try blob.waitAndRead(into: buffer, at: offset)
    if offset == 0, compression != .none {
      while filled < 4, blob.size > Int64(filled) {
        let more = try blob.waitAndRead(into: UnsafeMutableRawBufferPointer(rebasing: buffer[filled...]), at: Int64(filled))
        if more == 0 { break }
        filled += more
      }
      guard LayerCompression(magic: buffer.prefix(filled)) == compression else {
        throw RegistryError(.invalid, "the layer \(name) is not packed with \(compression.rawValue), as its manifest says")
      }
    }
    offset += Int64(filled)
    return UnsafeRawBufferPointer(rebasing: buffer[..<filled])
  }
}
