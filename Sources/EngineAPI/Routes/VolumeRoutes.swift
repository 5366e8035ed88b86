import Backend
import EngineWire
import Hummingbird

/// `GET /volumes` (`[VolumeDetail]`), `POST /volumes` (`VolumeCreation`), `DELETE /volumes/{name}`, `POST /volumes/prune` (`PruneRequest`),
/// `GET` and `PUT /volumes/{name}/archive` (tar), `POST /volumes/{name}/snapshot` (`VolumeSnapshot`).
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
  router.get("volumes/:name/archive") { request, context in
    let name = try pathName("name", of: "volume", context)
    guard try await backend.volumes().contains(where: { $0.Name == name }) else {
      throw EngineError(.notFound, "no such volume: \(name)", hint: "see: muster volume ls")
    }
    return streamedArchive(request, [.contentType: "application/x-tar"]) { outbox in
      try await backend.exportVolume(named: name) { await outbox.send($0) }
    }
  }
  router.put("volumes/:name/archive") { request, context in
    let reader = PieceReader(request.body)
    let pieces = AsyncThrowingStream<[UInt8], any Error> { try await reader.next() }
    let name = try pathName("name", of: "volume", context)
    return try jsonResponse(try await backend.importVolume(named: name, replaces: isTrue(request, "replace"), pieces))
  }
  router.post("volumes/:name/snapshot") { request, context in
    var request = request
    let name = try pathName("name", of: "volume", context)
    return try jsonResponse(try await backend.snapshotVolume(named: name, try await decodeBody(VolumeSnapshot.self, &request)))
  }
  router.post("volumes/prune") { request, _ in
    var request = request
    return try jsonResponse(try await backend.pruneVolumes(try await decodeBody(PruneRequest.self, &request)))
  }
}
