import Glibc
import LinuxKit

/// A layer's tar stream, unpacked into a new directory.
struct UnpackedTree {
  var layer: Layer
  /// What was left out or found odd.
  var notes: [String]
  /// Names of extended attributes that were left out.
  var droppedAttributes: Set<String>

  init(_ stream: DecompressedFile, into path: String, limits: UnpackLimits) throws {
    if mkdir(path, 0o755) < 0 { throw KernelError.last("mkdir(2)", [path]) }
    if chmod(path, 0o755) < 0 { throw KernelError.last("chmod(2)", [path]) }
    let archive = try ArchiveReader(stream)
    let unpacker = TreeUnpacker(into: try RootedDirectory(path: path), limits: limits)
    try unpacker.unpack(archive)
    layer = Layer(diffID: try stream.finish(), size: unpacker.size, hidesLower: unpacker.hidesLower)
    droppedAttributes = unpacker.droppedAttributes
    notes = archive.warnings
  }
}
