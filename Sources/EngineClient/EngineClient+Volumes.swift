public import Backend
import EngineWire

extension EngineClient {
  public func volumes() async throws -> [VolumeDetail] { try await get("/volumes") }

  public func createVolume(_ creation: VolumeCreation) async throws -> VolumeDetail { try await call("POST", "/volumes", creation) }

  public func removeVolume(named name: String) async throws {
    let _: [String: String] = try decode(try await answer("DELETE", "/volumes/" + name.percentEncoded, nil))
  }

  public func exportVolume(named name: String, output: @escaping @Sendable ([UInt8]) async throws -> Void) async throws {
    try await pieces(of: "/volumes/\(name.percentEncoded)/archive", to: output)
  }

  public func importVolume(
    named name: String, replaces: Bool, _ pieces: AsyncThrowingStream<[UInt8], any Error>
  ) async throws -> [String] {
    try await put(pieces, to: "/volumes/\(name.percentEncoded)/archive" + (replaces ? "?replace=1" : ""))
  }

  public func snapshotVolume(named name: String, _ snapshot: VolumeSnapshot) async throws -> VolumeDetail {
    try await call("POST", "/volumes/\(name.percentEncoded)/snapshot", snapshot)
  }

  public func pruneVolumes(_ request: PruneRequest) async throws -> PruneReport { try await call("POST", "/volumes/prune", request) }
}
