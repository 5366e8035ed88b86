import Backend
import EngineWire
import Hummingbird

/// `POST /stacks/{project}/logs`: the lines that a `LogRequest` asks for, read no faster than the client takes them; `POST /containers/{name}/logs`: those
/// of one container, of a stack or none.
func addLogRoutes(_ router: Router<EngineContext>, _ backend: any Backend) {
  router.post("stacks/:project/logs") { request, context in
    var request = request
    let project = try project(context)
    let asked = try await decodeBody(LogRequest.self, &request)
    try check(asked.project, is: project)
    return try await answer(asked, request)
  }
  router.post("containers/:name/logs") { request, context in
    var request = request
    let name = try pathName("name", of: "container", context)
    let asked = try await decodeBody(LogRequest.self, &request)
    guard asked.container == name else {
      throw EngineError(.invalid, "the request's body is about another container than its path")
    }
    return try await answer(asked, request)
  }

  @Sendable func answer(_ asked: LogRequest, _ request: Request) async throws -> Response {
    let blocks = try await backend.logs(asked)
    return streamedLines(request) { outbox in
      for try await block in blocks {
        var bytes: [UInt8] = []
        for line in block { line.append(to: &bytes) }
        await outbox.send(bytes)
      }
    }
  }
}
