import Backend
import EngineWire
import Hummingbird

/// `GET /images/{name}/json` and `/history` (Docker's), `GET /images/{name}/detail` (`ImageDetail`), `POST /images/prune` (`PruneRequest`),
/// `POST /images/verify` (`VerifyRequest`).
func addImageDetailRoutes(_ router: Router<EngineContext>, _ backend: any Backend) {
  // A name has slashes, escaped or not.
  router.get("images/**") { _, context in
    var parts = context.parameters.getCatchAll().map(String.init)
    let wanted = parts.popLast()
    guard let name = String(percentDecoding: parts.joined(separator: "/")), !name.isEmpty else {
      throw EngineError(.invalid, "no image named")
    }
    switch wanted {
    case "json": return try jsonResponse(ImageObject(try await backend.image(name)))
    case "history": return try jsonResponse(HistoryItem.all(of: try await backend.image(name)))
    case "detail": return try jsonResponse(try await backend.image(name))
    default: throw EngineError(.notFound, "an image has json, history and detail")
    }
  }
  router.post("images/prune") { request, _ in
    var request = request
    return try jsonResponse(try await backend.pruneImages(try await decodeBody(PruneRequest.self, &request)))
  }
  router.post("images/verify") { request, _ in
    var request = request
    return try jsonResponse(try await backend.verifyImages(try await decodeBody(VerifyRequest.self, &request)))
  }
}
