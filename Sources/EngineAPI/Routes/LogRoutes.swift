import Backend
import EngineWire
import Hummingbird

/// `POST /stacks/{project}/logs`: the lines that a `LogRequest` asks for, read no faster than the client takes them.
func addLogRoutes(_ router: Router<EngineContext>, _ backend: any Backend) {
  router.post("stacks/:project/logs") { request, context in
    var request = request
    let project = try project(context)
    let asked = try await decodeBody(LogRequest.self, &request)
    try check(asked.project, is: project)
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
