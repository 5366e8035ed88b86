public import Backend
import EngineWire
public import StackModel

extension EngineClient {
  public func jobs(_ project: ProjectName?) async throws -> [JobSummary] { try await get((project.map(Self.path) ?? "") + "/jobs") }

  public func runJob(_ request: JobRunRequest) async throws -> JobRun {
    try decode(try await answer("POST", Self.path(request.project, request.job) + "/runs", nil))
  }

  public func cancelJob(_ request: JobCancelRequest) async throws -> [JobRun] {
    try decode(try await answer("POST", Self.path(request.project, request.job) + "/cancel", try encode(request)))
  }

  public func jobRuns(_ project: ProjectName, _ job: JobName) async throws -> [JobRun] {
    try await get(Self.path(project, job) + "/runs")
  }

  public func jobLogs(_ request: JobLogRequest) async throws -> AsyncThrowingStream<[LogLine], any Error> {
    try await logLines(Self.path(request.project, request.job) + "/logs", request)
  }

  private static func path(_ project: ProjectName, _ job: JobName) -> String {
    path(project) + "/jobs/" + job.rawValue.percentEncoded
  }
}
