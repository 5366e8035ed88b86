import Backend
import Hummingbird
import StackModel

/// `GET /stacks`, `GET /stacks/{project}`: what exists, as `Observed`. `POST /stacks/{project}/plan`: what a `StackRequest` would do, as `Plan`; `…/outline`: what
/// people read of it, as `PlanOutline`; `…/prepare`: with what it was made from, as `PreparedPlan`. `GET …/volumes`: its volumes with their sizes. `GET …/history`: its revisions, the newest first.
func addStackRoutes(_ router: Router<EngineContext>, _ backend: any Backend) {
  router.get("stacks") { _, _ in try jsonResponse(try await backend.observe(nil)) }
  router.get("stacks/:project") { _, context in try jsonResponse(try await backend.observe(try project(context))) }
  router.get("stacks/:project/volumes") { _, context in try jsonResponse(try await backend.volumes(try project(context))) }
  router.get("stacks/:project/history") { _, context in try jsonResponse(try await backend.history(try project(context))) }
  router.post("stacks/:project/plan") { request, context in
    var request = request
    return try jsonResponse(try await backend.plan(try await stackRequest(&request, context)))
  }
  let known = KnownRequests()
  router.post("stacks/:project/outline") { request, context in
    var request = request
    guard let asked = try await known.request(&request, context) else { return Response(status: .noContent) }
    return try jsonResponse(try await backend.outline(asked))
  }
  router.post("stacks/:project/prepare") { request, context in
    var request = request
    return try jsonResponse(try await backend.prepare(try await stackRequest(&request, context)))
  }
}

/// A `StackRequest` that is about the project of its path.
func stackRequest(_ request: inout Request, _ context: EngineContext) async throws -> StackRequest {
  let project = try project(context)
  let asked = try await decodeBody(StackRequest.self, &request)
  try check(asked.project, is: project)
  if let stack = asked.stack { try check(stack.name, is: project) }
  return asked
}
