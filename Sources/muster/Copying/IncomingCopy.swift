import EngineClient
import Glibc
import LinuxKit
import Synchronization
import Tar

/// Files of this machine on their way into a container.
struct IncomingCopy: Sendable {
  let source: CopySource
  /// What it is called there; `.`: only what is in it.
  let name: String
  /// Otherwise everything is root's.
  let keepsOwners: Bool

  /// Runs `send` with the archive; returns what it returns, and the archive's bytes.
  func run(
    _ send: @Sendable (AsyncThrowingStream<[UInt8], any Error>) async throws -> [String]
  ) async throws -> (notes: [String], size: Int64) {
    let size = Mutex<Int64>(0)
    let pieces = try archivePieces { put in
      var total: Int64 = 0
      try write { bytes in
        total += Int64(bytes.count)
        try put(bytes)
      }
      size.withLock { $0 = total }
    }
    let notes = try await send(pieces)
    return (notes, size.withLock { $0 })
  }

  private func write(to put: @escaping (UnsafeRawBufferPointer) throws -> Void) throws {
    var rules = ArchivingRules()
    if !keepsOwners { rules.owner = { _ in FileOwner(uid: 0, gid: 0) } }
    let archiver = TreeArchiver(rules, to: put)
    do {
      try archiver.write(source.file.descriptor, as: Array(name.utf8))
      try archiver.finish()
    } catch let error as TarError {
      throw Exit(1, error.description)
    } catch let error as KernelError {
      throw Exit(1, error.description)
    }
  }
}
