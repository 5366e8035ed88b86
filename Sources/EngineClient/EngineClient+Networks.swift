public import Backend
import EngineWire
import FoundationEssentials

extension EngineClient {
  public func networks() async throws -> [NetworkSummary] { try await get("/networks") }

  public func network(_ nameOrID: String) async throws -> NetworkSummary { try await get(Self.path(ofNetwork: nameOrID)) }

  public func createNetwork(_ creation: NetworkCreation) async throws -> NetworkSummary {
    let made: [String: String] = try await call("POST", "/networks/create", creation)
    return try await network(made["Id"] ?? creation.name)
  }

  public func removeNetwork(_ nameOrID: String) async throws -> String {
    _ = try await answer("DELETE", Self.path(ofNetwork: nameOrID), nil)
    return nameOrID
  }

  public func pruneNetworks(_ filter: NetworkFilter) async throws -> [String] {
    let text = String(decoding: try encode(filter.values), as: UTF8.self)
    let pruned: PrunedNetworks = try decode(try await answer("POST", "/networks/prune?filters=" + text.percentEncoded, nil))
    return pruned.NetworksDeleted
  }

  public func connectNetwork(_ nameOrID: String, _ connection: NetworkConnection) async throws {
    _ = try await answer("POST", Self.path(ofNetwork: nameOrID) + "/connect", try encode(connection))
  }

  public func disconnectNetwork(_ nameOrID: String, container: String) async throws {
    _ = try await answer("POST", Self.path(ofNetwork: nameOrID) + "/disconnect", try encode(NetworkConnection(container: container)))
  }

  private static func path(ofNetwork nameOrID: String) -> String { "/networks/" + nameOrID.percentEncoded }
}
