public import Backend
import EngineWire

extension EngineClient {
  public func status(of path: ContainerPath) async throws -> PathStatus { try await get(Self.target(path, "/archive/status")) }

  public func readArchive(_ path: ContainerPath, output: @escaping @Sendable ([UInt8]) async throws -> Void) async throws {
    try await pieces(of: Self.target(path, "/archive"), to: output)
  }

  /// Hands on an answer as it comes.
  func pieces(of target: String, to output: @escaping @Sendable ([UInt8]) async throws -> Void) async throws {
    let exchange = try await Exchange(socket, "GET", target)
    try await exchange.start()
    while let piece = try await exchange.nextPiece() { try await output(piece) }
  }

  public func writeArchive(
    _ path: ContainerPath, _ options: ArchiveOptions, _ pieces: AsyncThrowingStream<[UInt8], any Error>
  ) async throws -> [String] {
    var target = Self.target(path, "/archive")
    if options.keepsKinds { target += "&noOverwriteDirNonDir=1" }
    if options.appliesWhiteouts { target += "&whiteouts=1" }
    if options.takesOwner { target += "&owner=directory" }
    return try await put(pieces, to: target)
  }

  /// Sends an archive as it comes. Returns what was left out of it.
  func put(_ pieces: AsyncThrowingStream<[UInt8], any Error>, to target: String) async throws -> [String] {
    let exchange = try await Exchange(streaming: socket, "PUT", target)
    return try await withThrowingTaskGroup(of: [String]?.self) { group in
      group.addTask {
        var sender = pieces.makeAsyncIterator()
        while let piece = try await sender.next() {
          // An engine that takes no more says why, or is gone, which the reader finds too.
          do { try await exchange.send(chunk: piece) } catch let error as EngineError where error.code == .unavailable { return nil }
        }
        do { try await exchange.endBody() } catch let error as EngineError where error.code == .unavailable {}
        return nil
      }
      group.addTask {
        try await exchange.start()
        let notes: [String] = try decode(try await exchange.readAll(limit: Wire.lineLimit))
        return notes
      }
      defer { group.cancelAll() }
      while let next = try await group.next() {
        if let notes = next { return notes }
      }
      throw CancellationError()
    }
  }

  private static func target(_ path: ContainerPath, _ verb: String) -> String {
    "/containers/" + path.container.percentEncoded + verb + "?path=" + path.path.percentEncoded + (path.followsLink ? "&follow=1" : "")
  }
}
