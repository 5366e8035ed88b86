import Backend
import Hummingbird

/// `GET /traces/{id}`: the `TraceRecord` of the requests that came with this id (`Muster-Trace`), which is forgotten with that.
func addTraceRoutes(_ router: Router<EngineContext>, _ traces: Traces) {
  router.get("traces/:id") { _, context in
    guard let record = traces.take(try context.parameters.require("id")) else { throw EngineError(.notFound, "there is no such trace") }
    return try jsonResponse(record)
  }
}
