import Backend
import EngineWire
import Hummingbird

/// `GET /info` (Docker's), `GET /system/usage` (`DiskUsage`), `POST /system/prune` (`SystemPruneRequest`).
func addMachineRoutes(_ router: Router<EngineContext>, _ backend: any Backend) {
  router.get("info") { _, _ in try jsonResponse(try await backend.information()) }
  router.get("system/usage") { _, _ in try jsonResponse(try await backend.diskUsage()) }
  router.post("system/prune") { request, _ in
    var request = request
    let asked = try await decodeBody(SystemPruneRequest.self, &request)
    return try jsonResponse(try await backend.pruneSystem(asked.filter, volumes: asked.volumes))
  }
}
