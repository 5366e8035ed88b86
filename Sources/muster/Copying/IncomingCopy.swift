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
    let (input, writing) = try begin()
    let size = Mutex<Int64>(0)
    let pieces = AsyncThrowingStream<[UInt8], any Error> {
      try await Readiness.shared.readable(input.number)
      let bytes = [UInt8](unsafeUninitializedCapacity: 131_072) { buffer, count in
        count = max(0, read(input.number, buffer.baseAddress, 131_072))
      }
      if bytes.isEmpty {
        // Its end; or that it could not be had to its end.
        let total = try await writing.value
        size.withLock { $0 = total }
        return nil
      }
      return bytes
    }
    let notes = try await send(pieces)
    return (notes, size.withLock { $0 })
  }

  /// Writes the archive into a pipe, and lets go of that when it is through.
  private func begin() throws -> (SharedDescriptor, Task<Int64, any Error>) {
    let pipe = try DescriptorPair.pipe().shared()
    let output = PipeEnd(pipe.second)
    let writing = Task {
      try await onOwnThread {
        defer { output.close() }
        return try write(to: output)
      }
    }
    return (pipe.first, writing)
  }

  private func write(to output: PipeEnd) throws -> Int64 {
    var rules = ArchivingRules()
    if !keepsOwners { rules.owner = { _ in FileOwner(uid: 0, gid: 0) } }
    var size: Int64 = 0
    let archiver = TreeArchiver(rules) { bytes in
      size += Int64(bytes.count)
      try output.write(bytes)
    }
    do {
      try archiver.write(source.file.descriptor, as: Array(name.utf8))
      try archiver.finish()
    } catch let error as TarError {
      throw Exit(1, error.description)
    } catch let error as KernelError {
      throw Exit(1, error.description)
    }
    return size
  }
}
