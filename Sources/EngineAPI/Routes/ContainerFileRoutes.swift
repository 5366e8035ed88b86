import Backend
import EngineWire
import Hummingbird

/// `POST /containers/{name}/commit` (`CommitRequest`), `POST /containers/{name}/export` (streams an archive in `SessionFrame`s),
/// `GET /containers/{name}/changes` (Docker's).
func addContainerFileRoutes(_ router: Router<EngineContext>, _ backend: any Backend) {
  router.post("containers/:name/commit") { request, context in
    var request = request
    var asked = try await decodeBody(CommitRequest.self, &request)
    asked.container = try pathName("name", of: "container", context)
    return try jsonResponse(try await backend.commit(asked))
  }
  router.post("containers/:name/export") { request, context in
    let name = try pathName("name", of: "container", context)
    return streamedBytes(request) { outbox in
      try await backend.exportContainer(name) { await outbox.send(SessionFrame(.stdout, $0).bytes) }
    }
  }
  router.get("containers/:name/changes") { _, context in
    try jsonResponse(try await backend.changes(of: try pathName("name", of: "container", context)))
  }
}
