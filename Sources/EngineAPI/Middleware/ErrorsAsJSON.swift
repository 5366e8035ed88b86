import Backend
import EngineWire
import Hummingbird

/// Turns whatever a route throws into an `EngineError` in JSON, with the status that its code has.
struct ErrorsAsJSON: RouterMiddleware {
  func handle(
    _ request: Request, context: EngineContext, next: (Request, EngineContext) async throws -> Response
  ) async throws -> Response {
    do {
      return try await next(request, context)
    } catch let error as HTTPError {
      let code: EngineError.Code = error.status.code == 404 ? .notFound : error.status.code < 500 ? .invalid : .internal
      let message = error.body ?? "\(request.method) \(printable(request.uri.path)): \(error.status.reasonPhrase)"
      return answer(EngineError(code, message), status: error.status)
    } catch {
      let error = engineError(error)
      return answer(error, status: HTTPResponse.Status(code: error.code.httpStatus))
    }
  }
}

/// What a backend threw, as an `EngineError`.
func engineError(_ error: any Error) -> EngineError {
  switch error {
  case let error as EngineError: error
  case is CancellationError: EngineError(.unavailable, "cancelled")
  default: EngineError(.internal, "\(error)")
  }
}

/// Cut, and without control characters: it comes from whoever asks.
private func printable(_ text: String) -> String {
  String(String.UnicodeScalarView(text.unicodeScalars.prefix(200).filter { $0.value >= 0x20 && $0.value < 0x7F }))
}

private func answer(_ error: EngineError, status: HTTPResponse.Status) -> Response {
  guard var response = try? jsonResponse(error) else { return Response(status: .internalServerError) }
  response.status = status
  return response
}
