import Glibc
import LinuxKit
import NIOPosix

extension ImageStore {
  /// Takes in what `save` wrote, or other programs of the kind: `docker save`'s form or an OCI layout, as archive or directory.
  ///
  /// Nothing is visible until all of it is verified and on disk.
  public func load(path: String) async throws -> ImportReport { try await importImages(path: path, reference: nil, isSaved: true) }

  /// The same of an archive that comes in pieces.
  public func load<Pieces: AsyncSequence & Sendable>(_ pieces: Pieces) async throws -> ImportReport where Pieces.Element == [UInt8] {
    let workspace = try makeWorkspace()
    do {
      let path = workspace.path + "/archive"
      try await Self.store(pieces, at: path, limit: limits.bytes)
      let report = try await importImages(path: path, reference: nil, isSaved: true, in: workspace)
      try await discard(workspace)
      return report
    } catch {
      try? await discard(workspace)
      throw error
    }
  }

  private static func store<Pieces: AsyncSequence & Sendable>(
    _ pieces: Pieces, at path: String, limit: Int64
  ) async throws where Pieces.Element == [UInt8] {
    let file = SharedDescriptor(try Descriptor.open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, mode: 0o600))
    var size: Int64 = 0
    for try await piece in pieces {
      size += Int64(piece.count)
      guard size <= limit else { throw ImageStoreError.invalid("the archive is larger than \(limit) bytes") }
      do {
        try await NIOThreadPool.singleton.runIfActive { try file.descriptor.writeAll(piece) }
      } catch let error as KernelError { throw ImageStoreError.system("the archive could not be stored: \(error.reason)") }
    }
    guard size > 0 else { throw ImageStoreError.invalid("there is no archive: nothing came in") }
  }
}
