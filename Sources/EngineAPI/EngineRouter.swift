import Backend
import Hummingbird

/// Every route of the API over a backend.
func engineRouter(_ backend: any Backend, onQuiet: @escaping @Sendable () -> Void = {}) -> Router<EngineContext> {
  let router = Router(context: EngineContext.self)
  let traces = Traces()
  router.addMiddleware {
    Quiet(onQuiet)
    VersionHeaders()
    ErrorsAsJSON()
    OnlyRoot()
    TracedRequests(traces: traces)
  }
  addVersionRoutes(router, backend)
  addTraceRoutes(router, traces)
  addStackRoutes(router, backend)
  addOperationRoutes(router, backend)
  addLogRoutes(router, backend)
  addSessionRoutes(router, backend)
  addImageRoutes(router, backend)
  addImageDetailRoutes(router, backend)
  addImageArchiveRoutes(router, backend)
  addContainerFileRoutes(router, backend)
  addContainerArchiveRoutes(router, backend)
  addContainerRoutes(router, backend)
  addVolumeRoutes(router, backend)
  addJobRoutes(router, backend)
  addMachineRoutes(router, backend)
  addSecretRoutes(router, backend)
  addNetworkRoutes(router, backend)
  return router
}
