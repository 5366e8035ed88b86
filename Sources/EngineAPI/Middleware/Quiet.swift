import Hummingbird
import Synchronization

/// Calls `onQuiet` when no request has begun for two seconds after the last.
final class Quiet: RouterMiddleware {
  typealias Context = EngineContext
  private let requests = Atomic<UInt64>(0)
  private let onQuiet: @Sendable () -> Void

  init(_ onQuiet: @escaping @Sendable () -> Void) { self.onQuiet = onQuiet }

  func handle(
    _ request: Request, context: EngineContext, next: (Request, EngineContext) async throws -> Response
  ) async throws -> Response {
    requests.add(1, ordering: .relaxed)
    defer { look(at: requests.load(ordering: .relaxed)) }
    return try await next(request, context)
  }

  private func look(at count: UInt64) {
    Task {
      try? await Task.sleep(for: .seconds(2))
      if requests.load(ordering: .relaxed) == count { onQuiet() }
    }
  }
}
