public import Backend
import EngineWire

extension EngineClient {
  public func volumes() async throws -> [VolumeDetail] { try await get("/volumes") }

  public func createVolume(_ creation: VolumeCreation) async throws -> VolumeDetail { try await call("POST", "/volumes", creation) }

  public func removeVolume(named name: String) async throws {
    let _: [String: String] = try decode(try await answer("DELETE", "/volumes/" + name.percentEncoded, nil))
  }

  public func pruneVolumes(_ request: PruneRequest) async throws -> PruneReport { try await call("POST", "/volumes/prune", request) }
}
