import Backend
import EngineWire
import Hummingbird

/// `GET /containers/{name}` (`ObservedContainer`), `POST /containers` (`ContainerCreation`), `POST /containers/{name}/act` (`ContainerAction`); and Docker's
/// `GET /containers/{name}/json`, `/top?ps_args=` and `/stats`, `POST …/start`, `/stop`, `/restart`, `/kill`, `/pause`, `/unpause`, `/rename`, and `DELETE`.
func addContainerRoutes(_ router: Router<EngineContext>, _ backend: any Backend) {
  router.get("containers/:name") { _, context in try jsonResponse(try await backend.container(try named(context))) }
  router.get("containers/:name/json") { _, context in
    try jsonResponse(ContainerObject(try await backend.container(try named(context))))
  }
  router.post("containers") { request, _ in
    var request = request
    return try jsonResponse(try await backend.createContainer(try await decodeBody(ContainerCreation.self, &request)))
  }
  router.post("containers/:name/act") { request, context in
    var request = request
    let action = try await decodeBody(ContainerAction.self, &request)
    return try jsonResponse(try await backend.act(on: try named(context), action))
  }
  router.get("containers/:name/top") { request, context in
    let options = request.uri.queryParameters["ps_args"].map { $0.split(separator: " ").map(String.init) } ?? []
    return try jsonResponse(try await backend.processes(of: try named(context), options))
  }
  router.get("containers/:name/stats") { request, context in
    let name = try named(context)
    let sample = try await backend.statistics(of: name)
    if request.uri.queryParameters["stream"].map({ ["0", "false", "False"].contains(String($0)) }) ?? false {
      return try jsonResponse(sample)
    }
    return streamedLines(request) { outbox in
      var last = sample
      while !Task.isCancelled {
        var next = try await backend.statistics(of: name)
        (next.preread, next.precpu_stats) = (last.read, last.cpu_stats)
        await outbox.send(try encodeJSON(next) + [0x0A])
        last = next
        try await Task.sleep(for: .seconds(1))
      }
    }
  }
  addContainerActions(router, backend)
}

private func addContainerActions(_ router: Router<EngineContext>, _ backend: any Backend) {
  func act(_ verb: String, _ action: @escaping @Sendable (Request) throws -> ContainerAction) {
    router.post("containers/:name/\(verb)") { request, context in
      _ = try await backend.act(on: try named(context), try action(request))
      return Response(status: .noContent)
    }
  }
  act("start") { _ in .start }
  act("stop") { .stop(timeout: text($0, "t").flatMap { Int($0) }, signal: text($0, "signal")) }
  act("restart") { .restart(timeout: text($0, "t").flatMap { Int($0) }, signal: text($0, "signal")) }
  act("kill") { .kill(signal: text($0, "signal") ?? "SIGKILL") }
  act("pause") { _ in .pause }
  act("unpause") { _ in .unpause }
  act("rename") { request in
    guard let name = text(request, "name") else { throw EngineError(.invalid, "no new name given", hint: "add ?name=") }
    return .rename(to: name)
  }
  router.delete("containers/:name") { request, context in
    _ = try await backend.act(on: try named(context), .remove(force: isTrue(request, "force"), volumes: isTrue(request, "v")))
    return Response(status: .noContent)
  }
}

private func named(_ context: EngineContext) throws -> String { try pathName("name", of: "container", context) }

private func text(_ request: Request, _ key: Substring) -> String? { request.uri.queryParameters[key].map(String.init) }
