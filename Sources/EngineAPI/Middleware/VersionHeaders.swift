import Backend
import EngineWire
import Hummingbird

/// Says with every answer which engine this is.
struct VersionHeaders: RouterMiddleware {
  func handle(
    _ request: Request, context: EngineContext, next: (Request, EngineContext) async throws -> Response
  ) async throws -> Response {
    var response = try await next(request, context)
    response.headers[.musterAPI] = MusterVersion.api
    response.headers[.musterVersion] = MusterVersion.version
    return response
  }
}
