import ArgumentParser
import Backend
import Diagnostics
import EngineClient
import Glibc
import LinuxKit
import Tar
import Terminal

/// What `cp` takes, of a container or of a service.
struct CopyOptions: ParsableArguments {
  @Flag(name: .shortAndLong, help: "Archive mode: owners, and out of a container set-user-id bits, capabilities and devices too.")
  var archive =
    false
  @Flag(name: [.customShort("L"), .long], help: "Follow the symbolic link that the source is.") var followLink = false
  @Flag(name: .shortAndLong, help: "Say nothing of what was copied.") var quiet = false

  /// Out of a container.
  func copyOut(_ source: ContainerPath, to place: String, _ context: Context) async throws {
    var source = source
    source.followsLink = followLink
    let asked = source
    let engine = try await context.engine()
    if place == "-" {
      return try await ArchiveOutput.filled(nil, doing: "copy") { write in try await engine.readArchive(asked, output: write) }
    }
    let status = try await engine.status(of: asked)
    let target = try CopyTarget(place, takesDirectory: status.isDirectory)
    let copy = OutgoingCopy(target: target, name: CopyPath.name(of: asked.path), keepsAll: archive)
    let outcome = try await copy.run { take in try await engine.readArchive(asked, output: take) }
    for note in outcome.notes { context.output.error("warning: " + visible(note)) }
    tell(outcome.size, "\(place)", context)
  }

  /// Into a container.
  func copyIn(_ place: String, to destination: ContainerPath, _ context: Context) async throws {
    let engine = try await context.engine()
    var (target, found) = (destination, try await status(of: destination, engine))
    if let link = found, link.isSymlink {
      target.path = link.linkTarget
      found = try await status(of: target, engine)
    }
    let shown = "\(destination.container):\(destination.path)"
    if let found, found.isSpecial { throw Exit(1, "destination \"\(visible(shown))\" must be a directory or a regular file") }
    let notes: [String]
    var size: Int64?
    if place == "-" {
      guard let found, found.isDirectory else { throw Exit(1, "destination \"\(visible(shown))\" must be a directory") }
      notes = try await engine.writeArchive(target, ArchiveOptions(), standardInput())
    } else {
      let source = try CopySource(place, followsLink: followLink)
      let end = try CopyPath.end(of: target.path, found, isDirectory: source.isDirectory, of: source.name)
      target.path = end.directory
      let copy = IncomingCopy(source: source, name: end.name, keepsOwners: archive)
      let directory = target
      (notes, size) = try await copy.run { pieces in try await engine.writeArchive(directory, ArchiveOptions(), pieces) }
    }
    for note in notes { context.output.error("warning: " + visible(note)) }
    if let size { tell(size, shown, context) }
  }

  /// nil: nothing is there.
  private func status(of path: ContainerPath, _ engine: EngineClient) async throws -> PathStatus? {
    do { return try await engine.status(of: path) } catch let error as EngineError where error.code == .notFound {
      // The container itself may be what is missing.
      if error.message.hasPrefix("Could not find the file") { return nil }
      throw error
    }
  }

  private func tell(_ size: Int64, _ place: String, _ context: Context) {
    guard !quiet, context.output.isTerminal else { return }
    context.output.error("Successfully copied \(humanSize(size)) to \(visible(place))")
  }
}

/// Standard input as it comes.
func standardInput() -> AsyncThrowingStream<[UInt8], any Error> {
  AsyncThrowingStream {
    try await Readiness.shared.readable(0)
    let bytes = [UInt8](unsafeUninitializedCapacity: 131_072) { buffer, count in count = max(0, read(0, buffer.baseAddress, 131_072)) }
    return bytes.isEmpty ? nil : bytes
  }
}
