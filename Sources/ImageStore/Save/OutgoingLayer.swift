import Glibc
import LinuxKit
import OCI

/// A layer as it leaves: packed as it came, or the tar stream of its tree.
struct OutgoingLayer: Sendable {
  enum Source: Sendable {
    /// A file whose digest is the descriptor's.
    case file(String)
    /// A tree whose canonical stream has the descriptor's digest.
    case tree(String)
  }
  var descriptor: ContentDescriptor
  var source: Source

  /// Writes all of it. Blocks; throws when what is on the disk is not what it was.
  func write(_ cancellation: Cancellation, to put: @escaping (UnsafeRawBufferPointer) throws -> Void) throws {
    let made: Digest
    switch source {
    case .file(let path):
      let file = try Descriptor.open(path, O_RDONLY | O_NOFOLLOW)
      var hash = ContentHash()
      var left = descriptor.size
      var buffer = [UInt8](repeating: 0, count: 256 << 10)
      while left > 0 {
        try cancellation.check()
        let count = try buffer.withUnsafeMutableBytes { raw in
          let count = try file.read(into: UnsafeMutableRawBufferPointer(rebasing: raw[..<Int(min(left, Int64(raw.count)))]))
          let piece = UnsafeRawBufferPointer(rebasing: raw[..<count])
          hash.update(piece)
          try put(piece)
          return count
        }
        guard count > 0 else { break }
        left -= Int64(count)
      }
      made = hash.digest()
    case .tree(let path):
      made = try CanonicalTar(cancellation, to: put).layer(of: Descriptor.open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW)).diffID
    }
    guard made == descriptor.digest else {
      throw ImageStoreError.invalid("the layer \(descriptor.digest.short) is damaged on this machine; see: muster image verify")
    }
  }
}
