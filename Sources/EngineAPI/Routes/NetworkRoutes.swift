import Backend
import EngineWire
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
  router.get("networks/:id") { _, context in try jsonResponse(try await backend.network(try pathName("id", of: "network", context))) }
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
    try await backend.connectNetwork(try pathName("id", of: "network", context), asked)
    return Response(status: .ok)
  }
  router.post("networks/:id/disconnect") { request, context in
    var request = request
    let asked = try await decodeBody(NetworkConnection.self, &request)
    try await backend.disconnectNetwork(try pathName("id", of: "network", context), container: asked.container)
    return Response(status: .ok)
  }
  router.delete("networks/:id") { _, context in
    _ = try await backend.removeNetwork(try pathName("id", of: "network", context))
    return Response(status: .noContent)
  }
}
