import Backend
import Hummingbird

/// `GET /_ping`: somebody is there. `GET /version`: who, as `Capabilities`.
func addVersionRoutes(_ router: Router<EngineContext>, _ backend: any Backend) {
  router.get("_ping") { _, _ in "OK" }
  router.get("version") { _, _ in try jsonResponse(try await backend.probe()) }
}
