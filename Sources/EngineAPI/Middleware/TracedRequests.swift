import Backend
import Hummingbird

/// Has what a request does recorded, when it asks for that. Its answer, when it is a stream, is told by whoever fills it.
struct TracedRequests: RouterMiddleware {
  let traces: Traces

  func handle(
    _ request: Request, context: EngineContext, next: (Request, EngineContext) async throws -> Response
  ) async throws -> Response {
    guard let id = request.headers[.musterTrace], let log = traces.log(id) else { return try await next(request, context) }
    let name = "\(request.method) \(request.uri.path)"
    return try await Trace.$current.withValue(log.lane(name)) { try await traced(name) { try await next(request, context) } }
  }
}
