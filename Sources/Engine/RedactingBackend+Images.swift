public import Backend

extension RedactingBackend {
  public func buildImage(_ request: ImageBuildRequest, onEvent: @escaping @Sendable (Event) -> Void) async throws -> ImageSummary {
    try await redacting { try await engine.buildImage(request, onEvent: onEvent) }
  }
  public func image(_ reference: String) async throws -> ImageDetail { try await redacting { try await engine.image(reference) } }
  public func saveImages(_ request: SaveRequest, output: @escaping @Sendable ([UInt8]) async throws -> Void) async throws {
    try await redacting { try await engine.saveImages(request, output: output) }
  }
  public func loadImages(_ source: ImageSource) async throws -> LoadedImages {
    try await redacting { try await engine.loadImages(source) }
  }
  public func pruneImages(_ request: PruneRequest) async throws -> PruneReport {
    try await redacting { try await engine.pruneImages(request) }
  }
  public func verifyImages(_ request: VerifyRequest) async throws -> VerifyReport {
    try await redacting { try await engine.verifyImages(request) }
  }
  public func information() async throws -> SystemInformation { try await redacting { try await engine.information() } }
  public func diskUsage() async throws -> DiskUsage { try await redacting { try await engine.diskUsage() } }
  public func pruneSystem(_ request: PruneRequest, volumes: Bool) async throws -> PruneReport {
    try await redacting { try await engine.pruneSystem(request, volumes: volumes) }
  }
  public func commit(_ request: CommitRequest) async throws -> ImageSummary {
    try await redacting { try await engine.commit(request) }
  }
  public func exportContainer(_ container: String, output: @escaping @Sendable ([UInt8]) async throws -> Void) async throws {
    try await redacting { try await engine.exportContainer(container, output: output) }
  }
  public func changes(of container: String) async throws -> [FileChange] {
    try await redacting { try await engine.changes(of: container) }
  }
}
