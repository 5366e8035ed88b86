import Backend
import EngineWire
import Hummingbird
import StackModel

/// `GET /jobs` and `GET /stacks/{project}/jobs`: what is registered, as `JobSummary`s. `GET …/jobs/{job}/runs`: its history, the newest `JobRun` first;
/// `POST`: begins one. `POST …/jobs/{job}/cancel`: ends those that a `JobCancelRequest` names, and answers with them when they have ended.
/// `POST …/jobs/{job}/logs`: the lines that a `JobLogRequest` asks for.
func addJobRoutes(_ router: Router<EngineContext>, _ backend: any Backend) {
  router.get("jobs") { _, _ in try jsonResponse(try await backend.jobs(nil)) }
  router.get("stacks/:project/jobs") { _, context in try jsonResponse(try await backend.jobs(try project(context))) }
  router.get("stacks/:project/jobs/:job/runs") { _, context in
    try jsonResponse(try await backend.jobRuns(try project(context), try job(context)))
  }
  router.post("stacks/:project/jobs/:job/runs") { _, context in
    try jsonResponse(try await backend.runJob(JobRunRequest(project: try project(context), job: try job(context))))
  }
  router.post("stacks/:project/jobs/:job/cancel") { request, context in
    var request = request
    let asked = try await decodeBody(JobCancelRequest.self, &request)
    try check(asked.project, asked.job, context)
    return try jsonResponse(try await backend.cancelJob(asked))
  }
  router.post("stacks/:project/jobs/:job/logs") { request, context in
    var request = request
    let asked = try await decodeBody(JobLogRequest.self, &request)
    try check(asked.project, asked.job, context)
    let blocks = try await backend.jobLogs(asked)
    return streamedLines(request) { outbox in
      for try await block in blocks {
        var bytes: [UInt8] = []
        for line in block { line.append(to: &bytes) }
        await outbox.send(bytes)
      }
    }
  }
}

private func job(_ context: EngineContext) throws -> JobName { JobName(try pathName("job", of: "job", context)) }

private func check(_ name: ProjectName, _ asked: JobName, _ context: EngineContext) throws {
  try check(name, is: try project(context))
  guard try job(context) == asked else { throw EngineError(.invalid, "the request's body is about another job than its path") }
}
