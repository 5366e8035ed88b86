public import Backend
public import Reconciler
public import StackModel

extension RedactingBackend {
  public func buildImage(_ request: ImageBuildRequest, onEvent: @escaping @Sendable (Event) -> Void) async throws -> ImageSummary {
    try await redacting { try await engine.buildImage(request, onEvent: onEvent) }
  }
  public func checkBuild(_ request: ImageBuildRequest) async throws -> BuildCheck {
    try await redacting { try await engine.checkBuild(request) }
  }
  public func image(_ reference: String) async throws -> ImageDetail { try await redacting { try await engine.image(reference) } }
  public func saveImages(_ request: SaveRequest, output: @escaping @Sendable ([UInt8]) async throws -> Void) async throws {
    try await redacting { try await engine.saveImages(request, output: output) }
  }
  public func loadImages(_ source: ImageSource) async throws -> LoadedImages {
    try await redacting { try await engine.loadImages(source) }
  }
  public func pruneImages(_ request: PruneRequest) async throws -> PruneReport {
    try await redacting { try await engine.pruneImages(request) }
  }
  public func verifyImages(_ request: VerifyRequest) async throws -> VerifyReport {
    try await redacting { try await engine.verifyImages(request) }
  }
  public func information() async throws -> SystemInformation { try await redacting { try await engine.information() } }
  public func diskUsage() async throws -> DiskUsage { try await redacting { try await engine.diskUsage() } }
  public func pruneSystem(_ request: PruneRequest, volumes: Bool) async throws -> PruneReport {
    try await redacting { try await engine.pruneSystem(request, volumes: volumes) }
  }
  public func commit(_ request: CommitRequest) async throws -> ImageSummary {
    try await redacting { try await engine.commit(request) }
  }
  public func exportContainer(_ container: String, output: @escaping @Sendable ([UInt8]) async throws -> Void) async throws {
    try await redacting { try await engine.exportContainer(container, output: output) }
  }
  public func changes(of container: String) async throws -> [FileChange] {
    try await redacting { try await engine.changes(of: container) }
  }
}

extension RedactingBackend {
  public func status(of path: ContainerPath) async throws -> PathStatus { try await redacting { try await engine.status(of: path) } }
  public func readArchive(_ path: ContainerPath, output: @escaping @Sendable ([UInt8]) async throws -> Void) async throws {
    try await redacting { try await engine.readArchive(path, output: output) }
  }
  public func writeArchive(
    _ path: ContainerPath, _ options: ArchiveOptions, _ pieces: AsyncThrowingStream<[UInt8], any Error>
  ) async throws -> [String] {
    try await redacting { try await engine.writeArchive(path, options, pieces) }
  }
}

extension RedactingBackend {
  public func container(_ name: String) async throws -> ObservedContainer { try await redacting { try await engine.container(name) } }
  public func act(on name: String, _ action: ContainerAction) async throws -> [String] {
    try await redacting { try await engine.act(on: name, action) }
  }
  public func processes(of name: String, _ options: [String]) async throws -> ProcessList {
    try await redacting { try await engine.processes(of: name, options) }
  }
  public func statistics(of name: String) async throws -> ContainerStatistics {
    try await redacting { try await engine.statistics(of: name) }
  }
  public func createContainer(_ creation: ContainerCreation) async throws -> ObservedContainer {
    try await redacting { try await engine.createContainer(creation) }
  }
}

extension RedactingBackend {
  public func volumes() async throws -> [VolumeDetail] { try await redacting { try await engine.volumes() } }
  public func createVolume(_ creation: VolumeCreation) async throws -> VolumeDetail {
    try await redacting { try await engine.createVolume(creation) }
  }
  public func removeVolume(named name: String) async throws { try await redacting { try await engine.removeVolume(named: name) } }
  public func pruneVolumes(_ request: PruneRequest) async throws -> PruneReport {
    try await redacting { try await engine.pruneVolumes(request) }
  }
  public func exportVolume(named name: String, output: @escaping @Sendable ([UInt8]) async throws -> Void) async throws {
    try await redacting { try await engine.exportVolume(named: name, output: output) }
  }
  public func importVolume(
    named name: String, replaces: Bool, _ pieces: AsyncThrowingStream<[UInt8], any Error>
  ) async throws -> [String] {
    try await redacting { try await engine.importVolume(named: name, replaces: replaces, pieces) }
  }
  public func snapshotVolume(named name: String, _ snapshot: VolumeSnapshot) async throws -> VolumeDetail {
    try await redacting { try await engine.snapshotVolume(named: name, snapshot) }
  }
}

extension RedactingBackend {
  public func jobs(_ project: ProjectName?) async throws -> [JobSummary] {
    try await redacting {
      try await engine.jobs(project).map { job in
        var job = job
        job.lastRun = job.lastRun.map(engine.secretsSeen.redact)
        return job
      }
    }
  }
  public func runJob(_ request: JobRunRequest) async throws -> JobRun {
    try await redacting { engine.secretsSeen.redact(try await engine.runJob(request)) }
  }
  public func cancelJob(_ request: JobCancelRequest) async throws -> [JobRun] {
    try await redacting { try await engine.cancelJob(request).map(engine.secretsSeen.redact) }
  }
  public func jobRuns(_ project: ProjectName, _ job: JobName) async throws -> [JobRun] {
    try await redacting { try await engine.jobRuns(project, job).map(engine.secretsSeen.redact) }
  }
  public func jobLogs(_ request: JobLogRequest) async throws -> AsyncThrowingStream<[LogLine], any Error> {
    try await redacting { try await engine.jobLogs(request) }
  }
}
