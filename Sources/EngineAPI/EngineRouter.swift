import Backend
import Hummingbird

/// Every route of the API over a backend.
func engineRouter(_ backend: any Backend) -> Router<EngineContext> {
  let router = Router(context: EngineContext.self)
  router.addMiddleware {
    VersionHeaders()
    ErrorsAsJSON()
    OnlyRoot()
  }
  addVersionRoutes(router, backend)
  addStackRoutes(router, backend)
  addOperationRoutes(router, backend)
  addLogRoutes(router, backend)
  addSessionRoutes(router, backend)
  addImageRoutes(router, backend)
  addSecretRoutes(router, backend)
  return router
}
