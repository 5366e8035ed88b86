import Backend
import OCI
import Reconciler
import StackModel
import Synchronization

extension FakeBackend {
  func image(_ reference: String) throws -> ImageDetail {
    if reference == "absent" { throw EngineError(.notFound, "no such image: absent") }
    var config = ImageConfig(rootfs: .init(diffIDs: [digest("7")]), history: [.init(createdBy: "RUN make"), .init(emptyLayer: true)])
    config.config = ImageConfig.Execution()
    return ImageDetail(
      summary: ImageSummary(id: digest("2"), references: [reference], created: nil, size: 5), config: config, layerSizes: [5],
      directories: ["/layers/7"])
  }
  func buildImage(_ request: ImageBuildRequest, onEvent: @escaping @Sendable (Event) -> Void) throws -> ImageSummary {
    asked.withLock { $0.append("build \(request.spec.context) \(request.references) \(request.spec.options?.secrets.keys.sorted() ?? [])") }
    onEvent(Event(sequence: 1, at: 5, project: nil, kind: .output(subject: "Image x", line: "#1 FROM a")))
    if request.references == ["broken"] { throw EngineError(.invalid, "Dockerfile:1:1: no") }
    return images()[0]
  }
  func checkBuild(_ request: ImageBuildRequest) throws -> BuildCheck {
    asked.withLock { $0.append("check \(request.spec.context)") }
    return BuildCheck(problem: "Dockerfile:1:1: no", lines: ["RUM"])
  }
  /// What was asked for, twice, in a large piece and a small one.
  func saveImages(_ request: SaveRequest, output: @escaping @Sendable ([UInt8]) async throws -> Void) async throws {
    asked.withLock { $0.append("save \(request.names) \(request.format.rawValue) \(request.directory ?? "-")") }
    try await output([UInt8](repeating: 7, count: 3 << 20))
    if request.names == ["broken"] { throw EngineError(.invalid, "the layer is damaged") }
    try await output(Array("end".utf8))
  }
  func loadImages(_ source: ImageSource) async throws -> LoadedImages {
    switch source {
    case .path(let path):
      asked.withLock { $0.append("load \(path)") }
      return LoadedImages(images: images(), notes: ["a note"])
    case .pieces(let pieces):
      var count = 0
      for try await piece in pieces {
        count += piece.count
        if piece.first == 0xFF { throw EngineError(.invalid, "this is no saved image") }
      }
      asked.withLock { [count] in $0.append("load \(count) bytes") }
      return LoadedImages(images: images(), notes: [])
    }
  }
  func pruneImages(_ request: PruneRequest) -> PruneReport {
    asked.withLock { $0.append("prune \(request.all) \(request.labels)") }
    var report = PruneReport()
    report.images = ["untagged: web:1"]
    report.reclaimed = 12
    return report
  }
  func verifyImages(_ request: VerifyRequest) -> VerifyReport {
    asked.withLock { $0.append("verify \(request.repairs)") }
    return VerifyReport(images: 1, layers: 2, damage: [], problems: [])
  }
  func information() -> SystemInformation {
    SystemInformation(
      ID: "x", Name: "host", ServerVersion: "1", Containers: 3, ContainersRunning: 1, ContainersPaused: 0, ContainersStopped: 2, Images: 4,
      CgroupDriver: "cgroupfs", CgroupVersion: "2", KernelVersion: "6", OperatingSystem: "Linux", Architecture: "x86_64", NCPU: 2,
      MemTotal: 5, DockerRootDir: "/x", SecurityOptions: [], Warnings: [])
  }
  func diskUsage() -> DiskUsage {
    DiskUsage(layersSize: 5, reclaimableImages: 5, images: [], containers: [], volumes: [], cache: [])
  }
  func pruneSystem(_ request: PruneRequest, volumes: Bool) -> PruneReport {
    asked.withLock { $0.append("system prune \(request.all) \(volumes)") }
    return PruneReport()
  }
  func commit(_ request: CommitRequest) -> ImageSummary {
    asked.withLock { $0.append("commit \(request.container) \(request.reference ?? "-") \(request.changes)") }
    return ImageSummary(id: digest("8"), references: [], created: nil, size: 1)
  }
  func exportContainer(_ container: String, output: @escaping @Sendable ([UInt8]) async throws -> Void) async throws {
    try await output(Array("files of \(container)".utf8))
  }
  func changes(of container: String) -> [FileChange] { [FileChange(path: "/etc", kind: .changed), FileChange(path: "/new", kind: .added)] }
  func status(of path: ContainerPath) throws -> PathStatus {
    guard path.path != "/missing" else { throw EngineError(.notFound, "Could not find the file /missing in container \(path.container)") }
    return PathStatus(name: path.path, size: 3, mode: path.followsLink ? 0o644 : 0o600, mtime: "2026-01-02T03:04:05Z", linkTarget: "")
  }
  func readArchive(_ path: ContainerPath, output: @escaping @Sendable ([UInt8]) async throws -> Void) async throws {
    try await output(Array("archive of \(path.path)".utf8))
    if path.path == "/broken" { throw EngineError(.internal, "it broke") }
  }
  func writeArchive(
    _ path: ContainerPath, _ options: ArchiveOptions, _ pieces: AsyncThrowingStream<[UInt8], any Error>
  ) async throws -> [String] {
    var bytes: [UInt8] = []
    for try await piece in pieces { bytes += piece }
    let text = String(decoding: bytes, as: UTF8.self)
    asked.withLock { $0.append("archive \(path.container):\(path.path) \(options.keepsKinds) \(text)") }
    return ["a note"]
  }
  func container(_ name: String) throws -> ObservedContainer {
    guard name == "web-1" else { throw EngineError(.notFound, "no such container: \(name)") }
    return ObservedContainer(
      id: ContainerID(String(repeating: "a", count: 64)), spec: ContainerSpec(project: "shop", service: "web", name: name, image: "tiny"),
      imageID: digest("1"), state: .running)
  }
  func act(on name: String, _ action: ContainerAction) throws -> [String] {
    asked.withLock { $0.append("act \(name) \(action)") }
    guard name != "held" else { throw EngineError(.conflict, "it is held") }
    return ["a note"]
  }
  func processes(of name: String, _ options: [String]) -> ProcessList {
    ProcessList(titles: ["PID", "CMD"], processes: [["1", ([name] + options).joined(separator: " ")]])
  }
  func statistics(of name: String) -> ContainerStatistics { ContainerStatistics(id: "a", name: "/" + name, read: "2026-01-02T03:04:05Z") }
  func createContainer(_ creation: ContainerCreation) throws -> ObservedContainer {
    asked.withLock { $0.append("create \(creation.name ?? "-") \(creation.image)") }
    return try container("web-1")
  }
  func volumes() -> [VolumeDetail] {
    [VolumeDetail(name: "data", createdAt: "2026-01-02T03:04:05Z", labels: [:], mountpoint: "/v", isAnonymous: false, containers: [])]
  }
  func createVolume(_ creation: VolumeCreation) -> VolumeDetail {
    asked.withLock { $0.append("volume create \(creation.name ?? "-") \(creation.labels)") }
    return volumes()[0]
  }
  func removeVolume(named name: String) { asked.withLock { $0.append("volume rm \(name)") } }
  func pruneVolumes(_ request: PruneRequest) -> PruneReport {
    asked.withLock { $0.append("volume prune \(request.all)") }
    return PruneReport()
  }
  func exportVolume(named name: String, output: @escaping @Sendable ([UInt8]) async throws -> Void) async throws {
    for piece in ["volume ", name] { try await output(Array(piece.utf8)) }
  }
  func importVolume(named name: String, replaces: Bool, _ pieces: AsyncThrowingStream<[UInt8], any Error>) async throws -> [String] {
    var text = ""
    for try await piece in pieces { text += String(decoding: piece, as: UTF8.self) }
    asked.withLock { [text] in $0.append("volume import \(name) \(replaces) \(text)") }
    return ["a note"]
  }
  func snapshotVolume(named name: String, _ snapshot: VolumeSnapshot) -> VolumeDetail {
    asked.withLock { $0.append("volume snapshot \(name) \(snapshot.name ?? "-") \(snapshot.pauses)") }
    return volumes()[0]
  }
}
