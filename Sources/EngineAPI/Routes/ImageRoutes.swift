import Backend
import EngineWire
import Hummingbird
import StackModel

/// `GET /images/json`, `POST /images/import` (`ImportRequest`), `POST /images/pull` (`PullRequest`; streams `event`s, then `pulled`),
/// `POST /images/build` (`ImageBuildRequest`; streams `event`s, then `built`), `POST /images/build/check` (`ImageBuildRequest`),
/// `POST /images/push` (`PushRequest`; streams `event`s, then `pushed`), `POST /images/tag` (`TagRequest`),
/// `POST /images/remote` (`RemoteImagesRequest`), `POST /images/remote/tags` and `/manifest` (`PullRequest`), `POST /auth` (`LoginRequest`),
/// `POST /images/search` (`SearchRequest`), `DELETE /images/{name}?force=1`.
func addImageRoutes(_ router: Router<EngineContext>, _ backend: any Backend) {
  router.get("images/json") { _, _ in try jsonResponse(try await backend.images()) }
  router.post("images/import") { request, _ in
    var request = request
    let asked = try await decodeBody(ImportRequest.self, &request)
    guard asked.path.hasPrefix("/") else { throw EngineError(.invalid, "the path of an image's file must be absolute") }
    return try jsonResponse(try await backend.importImage(asked))
  }
  router.post("images/pull") { request, _ in
    var request = request
    let asked = try await decodeBody(PullRequest.self, &request)
    return streamedLines(request) { outbox in
      let pulled = try await backend.pullImage(asked) { outbox.post($0) }
      outbox.post(line(StreamItem(pulled: pulled)), isEssential: true)
    }
  }
  router.post("images/build") { request, _ in
    var request = request
    let asked = try await decodeBody(ImageBuildRequest.self, &request)
    try checkPaths(of: asked)
    return streamedLines(request) { outbox in
      let built = try await backend.buildImage(asked) { outbox.post($0) }
      outbox.post(line(StreamItem(built: built)), isEssential: true)
    }
  }
  router.post("images/build/check") { request, _ in
    var request = request
    let asked = try await decodeBody(ImageBuildRequest.self, &request)
    try checkPaths(of: asked)
    return try jsonResponse(try await backend.checkBuild(asked))
  }
  router.post("images/push") { request, _ in
    var request = request
    let asked = try await decodeBody(PushRequest.self, &request)
    return streamedLines(request) { outbox in
      let pushed = try await backend.pushImage(asked) { outbox.post($0) }
      outbox.post(line(StreamItem(pushed: pushed)), isEssential: true)
    }
  }
  router.post("images/remote") { request, _ in
    var request = request
    return try jsonResponse(try await backend.remoteImages(try await decodeBody(RemoteImagesRequest.self, &request)))
  }
  router.post("images/remote/tags") { request, _ in
    var request = request
    return try jsonResponse(try await backend.remoteTags(try await decodeBody(PullRequest.self, &request)))
  }
  router.post("images/remote/manifest") { request, _ in
    var request = request
    return try jsonResponse(try await backend.remoteManifest(try await decodeBody(PullRequest.self, &request)))
  }
  router.post("images/search") { request, _ in
    var request = request
    return try jsonResponse(try await backend.searchImages(try await decodeBody(SearchRequest.self, &request)))
  }
  router.post("images/tag") { request, _ in
    var request = request
    let asked = try await decodeBody(TagRequest.self, &request)
    try await backend.tagImage(asked.source, as: asked.reference)
    return try jsonResponse([String: String]())
  }
  router.post("auth") { request, _ in
    var request = request
    let asked = try await decodeBody(LoginRequest.self, &request)
    try await backend.checkLogin(asked.registry, asked.credential)
    return try jsonResponse(["status": "Login Succeeded"])
  }
  // A name has slashes, escaped or not.
  router.delete("images/**") { request, context in
    guard let name = String(percentDecoding: context.parameters.getCatchAll().joined(separator: "/")), !name.isEmpty else {
      throw EngineError(.invalid, "no image named")
    }
    let force = request.uri.queryParameters["force"] == "1"
    return try jsonResponse(RemovedImages(removed: try await backend.removeImage(name, force: force)))
  }
}

/// What a build names of this machine is not relative to wherever the engine runs.
private func checkPaths(of asked: ImageBuildRequest) throws {
  let paths: [String] =
    switch asked.sent {
    case .archive(let path)?: [path]
    case .nothing?: []
    case nil: GitSource(asked.spec.context) == nil ? [asked.spec.context] + (asked.spec.dockerfile.map { [$0] } ?? []) : []
    }
  for path in paths where !path.hasPrefix("/") { throw EngineError(.invalid, "the paths of a build must be absolute: \(path)") }
}
