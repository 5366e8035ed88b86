public import Backend
import CLinux
import Glibc
import ImageStore
import LinuxKit
import StackModel
import Tar

extension LocalBackend {
  public func status(of path: ContainerPath) async throws -> PathStatus {
    let container = try await container(matching: path.container)
    return try await copying(path, container) { tree in
      try await onThread { _ in try tree.status(path) }
    }
  }

  public func readArchive(_ path: ContainerPath, output: @escaping @Sendable ([UInt8]) async throws -> Void) async throws {
    let container = try await container(matching: path.container)
    try await copying(path, container) { tree in
      try await streaming(
        { cancellation, put in
          let file = try tree.locate(path)
          var rules = ArchivingRules()
          rules.owner = { tree.inside($0) }
          rules.mayEnter = { try !tree.isHidden($0) }
          rules.check = { try cancellation.check() }
          let archiver = TreeArchiver(rules) { bytes in try tree.asEngine { try put(bytes) } }
          try tree.asRoot {
            try archiver.write(file, as: archiveName(path.path))
            try archiver.finish()
          }
        }, to: output)
    }
  }

  public func writeArchive(
    _ path: ContainerPath, _ options: ArchiveOptions, _ pieces: AsyncThrowingStream<[UInt8], any Error>
  ) async throws -> [String] {
    let container = try await container(matching: path.container)
    // Before anything is taken in.
    try await copying(path, container) { tree in try await onThread { _ in _ = try tree.destination(path) } }
    let spool = try await spooled(pieces)
    return try await copying(path, container) { tree in
      try await onThread { cancellation in
        let directory = try tree.destination(path)
        var rules = ExtractionRules()
        let own = try directory.status()
        let owner = options.takesOwner ? FileOwner(uid: own.uid, gid: own.gid) : nil
        rules.owner = { owner ?? tree.outside($0) }
        rules.replacesKinds = !options.keepsKinds
        rules.appliesWhiteouts = options.appliesWhiteouts
        rules.check = { try cancellation.check() }
        return try tree.asRoot {
          try extractArchive(spool.descriptor, into: RootedDirectory(directory.duplicate()), rules, cancellation)
        }
      }
    }
  }

  /// A file without a name that holds all the pieces.
  func spooled(_ pieces: AsyncThrowingStream<[UInt8], any Error>) async throws -> SharedDescriptor {
    let spool = SharedDescriptor(try Descriptor.open(location.root, Int32(CLINUX_O_TMPFILE) | O_RDWR, mode: 0o600))
    for try await piece in pieces { try spool.descriptor.writeAll(piece) }
    return spool
  }

  /// Runs what is done with a container's files; what goes wrong is told in the user's words.
  private func copying<Value: Sendable>(
    _ path: ContainerPath, _ container: Container, _ body: @escaping @Sendable (ContainerTree) async throws -> Value
  ) async throws -> Value {
    do {
      return try await asEngineErrors { try await withTree(of: container, body) }
    } catch let error as TarError {
      throw EngineError(.invalid, error.description)
    } catch let error as KernelError {
      throw copyError(error, path, container.spec.name)
    }
  }
}

/// The last name of a path; `.` when only what is in a directory is meant.
func archiveName(_ path: String) -> [UInt8] {
  let parts = path.split(separator: "/")
  guard let last = parts.last, last != ".", last != ".." else { return [0x2E] }
  return Array(last.utf8)
}

private func copyError(_ error: KernelError, _ path: ContainerPath, _ name: String) -> EngineError {
  switch error.errno {
  case ENOENT: EngineError(.notFound, "Could not find the file \(path.path) in container \(name)")
  case ENOTDIR: EngineError(.invalid, "\(path.path) in container \(name): not a directory")
  case ELOOP: EngineError(.invalid, "\(path.path) in container \(name): too many levels of symbolic links")
  case EROFS: EngineError(.denied, "\(path.path) in container \(name): \(ContainerTree.readOnly)")
  case ENOSPC, EDQUOT: EngineError(.unavailable, "\(path.path) in container \(name): no space left", hint: "see: muster system df")
  default: EngineError(.internal, "\(path.path) in container \(name): \(error)")
  }
}
