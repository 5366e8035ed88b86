import Backend
import EngineWire
import FoundationEssentials
import Hummingbird

/// Docker's `GET /networks?filters=`, `GET /networks/{id}`, `POST /networks/create`, `POST /networks/{id}/connect` and `/disconnect`,
/// `POST /networks/prune?filters=`, `DELETE /networks/{id}`.
func addNetworkRoutes(_ router: Router<EngineContext>, _ backend: any Backend) {
  router.get("networks") { request, _ in
    let filter = try NetworkFilter(try filters(request))
    let found = try await backend.networks()
    guard filter.values["dangling"] != nil else { return try jsonResponse(found.filter { filter.matches($0, isUsed: true) }) }
    var matching: [NetworkSummary] = []
    for summary in found {
      let whole = try await backend.network(summary.name)
      if filter.matches(whole, isUsed: !whole.containers.isEmpty) { matching.append(summary) }
    }
    return try jsonResponse(matching)
  }
  router.get("networks/:id") { _, context in try jsonResponse(try await backend.network(try network(context))) }
  router.post("networks/create") { request, _ in
    var request = request
    let made = try await backend.createNetwork(try await decodeBody(NetworkCreation.self, &request))
    var response = try jsonResponse(["Id": made.id, "Warning": ""])
    response.status = .created
    return response
  }
  router.post("networks/prune") { request, _ in
    let filter = try NetworkFilter(try filters(request), keys: NetworkFilter.pruneKeys)
    return try jsonResponse(PrunedNetworks(NetworksDeleted: try await backend.pruneNetworks(filter)))
  }
  router.post("networks/:id/connect") { request, context in
    var request = request
    let asked = try await decodeBody(NetworkConnection.self, &request)
    try await backend.connectNetwork(try network(context), asked)
    return Response(status: .ok)
  }
  router.post("networks/:id/disconnect") { request, context in
    var request = request
    let asked = try await decodeBody(NetworkConnection.self, &request)
    try await backend.disconnectNetwork(try network(context), container: asked.container)
    return Response(status: .ok)
  }
  router.delete("networks/:id") { _, context in
    _ = try await backend.removeNetwork(try network(context))
    return Response(status: .noContent)
  }
}

private func network(_ context: EngineContext) throws -> String {
  guard let id = String(percentDecoding: try context.parameters.require("id")), !id.isEmpty else {
    throw EngineError(.invalid, "no network named")
  }
  return id
}

/// Lists, or the older maps of names to true.
private func filters(_ request: Request) throws(EngineError) -> [String: [String]] {
  guard let text = request.uri.queryParameters["filters"].map(String.init), !text.isEmpty else { return [:] }
  if let lists = try? JSONDecoder().decode([String: [String]].self, from: Data(text.utf8)) { return lists }
  return try decodeJSON([String: [String: Bool]].self, Array(text.utf8)).mapValues { $0.filter(\.value).keys.sorted() }
}
