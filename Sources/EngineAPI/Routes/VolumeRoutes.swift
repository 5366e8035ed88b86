import Backend
import EngineWire
import Hummingbird

/// `GET /volumes` (`[VolumeDetail]`), `POST /volumes` (`VolumeCreation`), `DELETE /volumes/{name}`, `POST /volumes/prune` (`PruneRequest`).
func addVolumeRoutes(_ router: Router<EngineContext>, _ backend: any Backend) {
  router.get("volumes") { _, _ in try jsonResponse(try await backend.volumes()) }
  router.post("volumes") { request, _ in
    var request = request
    return try jsonResponse(try await backend.createVolume(try await decodeBody(VolumeCreation.self, &request)))
  }
  router.delete("volumes/:name") { _, context in
    try await backend.removeVolume(named: try pathName("name", of: "volume", context))
    return try jsonResponse([String: String]())
  }
  router.post("volumes/prune") { request, _ in
    var request = request
    return try jsonResponse(try await backend.pruneVolumes(try await decodeBody(PruneRequest.self, &request)))
  }
}
