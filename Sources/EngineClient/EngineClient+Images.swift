public import Backend
import EngineWire

extension EngineClient {
  public func image(_ reference: String) async throws -> ImageDetail {
    try await get("/images/" + reference.percentEncoded + "/detail")
  }

  public func remoteImages(_ request: RemoteImagesRequest) async throws -> [RemoteImageState] {
    try await call("POST", "/images/remote", request)
  }

  public func remoteManifest(_ request: PullRequest) async throws -> RemoteDocument {
    try await call("POST", "/images/remote/manifest", request)
  }

  public func remoteTags(_ request: PullRequest) async throws -> [String] { try await call("POST", "/images/remote/tags", request) }

  public func searchImages(_ request: SearchRequest) async throws -> [SearchResult] {
    try await call("POST", "/images/search", request)
  }

  public func saveImages(_ request: SaveRequest, output: @escaping @Sendable ([UInt8]) async throws -> Void) async throws {
    try await download("/images/save", try encode(request), output)
  }

  public func pruneImages(_ request: PruneRequest) async throws -> PruneReport { try await call("POST", "/images/prune", request) }

  public func verifyImages(_ request: VerifyRequest) async throws -> VerifyReport { try await call("POST", "/images/verify", request) }

  public func information() async throws -> SystemInformation { try await get("/info") }

  public func diskUsage() async throws -> DiskUsage { try await get("/system/usage") }

  public func pruneSystem(_ request: PruneRequest, volumes: Bool) async throws -> PruneReport {
    try await call("POST", "/system/prune", SystemPruneRequest(filter: request, volumes: volumes))
  }

  public func commit(_ request: CommitRequest) async throws -> ImageSummary {
    try await call("POST", "/containers/" + request.container.percentEncoded + "/commit", request)
  }

  public func exportContainer(_ container: String, output: @escaping @Sendable ([UInt8]) async throws -> Void) async throws {
    try await download("/containers/" + container.percentEncoded + "/export", nil, output)
  }

  public func changes(of container: String) async throws -> [FileChange] {
    try await get("/containers/" + container.percentEncoded + "/changes")
  }

  /// Hands out the bytes of an answer in frames, until the engine says that they are all.
  private func download(_ target: String, _ body: [UInt8]?, _ output: ([UInt8]) async throws -> Void) async throws {
    let exchange = try await Exchange(socket, "POST", target, body: body)
    try await exchange.start()
    var decoder = SessionFrameDecoder(limit: Wire.lineLimit)
    while let piece = try await exchange.nextPiece() {
      decoder.append(piece)
      while let frame = try decoder.next() {
        switch SessionFrame.Answer(rawValue: frame.type) {
        case .stdout: try await output(frame.payload)
        case .exit: return
        case .error:
          let error: EngineError = try decode(frame.payload)
          throw error
        default: throw EngineError(.internal, "the engine sent a frame of type \(frame.type)")
        }
      }
    }
    throw EngineError(.unavailable, "the engine went away before all of it was here", hint: "try again")
  }
}
