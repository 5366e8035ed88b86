public import StackModel

/// What a backend does with images beside pulling and pushing them.
public protocol ImageKeeper: Sendable {
  /// Builds an image from a Dockerfile. The lines of the build are events.
  func buildImage(_ request: ImageBuildRequest, onEvent: @escaping @Sendable (Event) -> Void) async throws -> ImageSummary
  /// Imports a root file system or a saved image from a file of this machine.
  func importImage(_ request: ImportRequest) async throws -> ImageSummary
  /// What a registry has of a name; nothing else is got.
  func remoteManifest(_ request: PullRequest) async throws -> RemoteDocument
  /// Looks at a build's Dockerfile, and builds nothing.
  func checkBuild(_ request: ImageBuildRequest) async throws -> BuildCheck
  /// Everything that is known of an image.
  func image(_ reference: String) async throws -> ImageDetail
  /// Writes images as one archive, or as a directory of this machine. `output` gets the archive's bytes in order.
  func saveImages(_ request: SaveRequest, output: @escaping @Sendable ([UInt8]) async throws -> Void) async throws
  /// Takes in what `saveImages` wrote, or other programs of the kind.
  func loadImages(_ source: ImageSource) async throws -> LoadedImages
  /// Removes images that nothing needs.
  func pruneImages(_ request: PruneRequest) async throws -> PruneReport
  /// Reads everything that is kept of images, and repairs what has rotted.
  func verifyImages(_ request: VerifyRequest) async throws -> VerifyReport
}

/// Where images come from that are to be loaded.
public enum ImageSource: Sendable {
  /// An archive or directory of this machine, absolute.
  case path(String)
  /// An archive that comes in pieces.
  case pieces(AsyncThrowingStream<[UInt8], any Error>)
}
