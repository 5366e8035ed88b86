import Backend
import EngineWire
import OCI
import Reconciler
import StackModel
import Synchronization

/// A backend whose behaviour each test gives; it records what it was asked.
final class FakeBackend: Backend {
  typealias Operate = @Sendable (StackRequest, @escaping @Sendable (Event) -> Void) async throws -> Report
  typealias Talk =
    @Sendable (SessionRequest, AsyncStream<SessionInput>, @escaping @Sendable (SessionOutput) async -> Void) async throws -> Int32

  let observed = Observed(generation: 7, networks: [], images: ["web": digest("1")])
  let requests = Mutex<[StackRequest]>([])
  let asked = Mutex<[String]>([])
  let eventRequests = Mutex<[EventRequest]>([])
  var operate: Operate {
    get { hooks.withLock(\.operate) }
    set { hooks.withLock { $0.operate = newValue } }
  }
  var talk: Talk {
    get { hooks.withLock(\.talk) }
    set { hooks.withLock { $0.talk = newValue } }
  }
  var lines: AsyncThrowingStream<[LogLine], any Error>? {
    get { hooks.withLock(\.lines) }
    set { hooks.withLock { $0.lines = newValue } }
  }
  var happenings: AsyncThrowingStream<Event, any Error>? {
    get { hooks.withLock(\.happenings) }
    set { hooks.withLock { $0.happenings = newValue } }
  }

  private struct Hooks {
    var operate: Operate = { request, _ in Report(plan: Plan(project: request.project, basis: 0)) }
    var talk: Talk = { _, _, _ in 0 }
    var lines: AsyncThrowingStream<[LogLine], any Error>?
    var happenings: AsyncThrowingStream<Event, any Error>?
  }
  private let hooks = Mutex(Hooks())

  func probe() -> Capabilities {
    Capabilities(version: MusterVersion.version, apiVersion: MusterVersion.api, kernel: "6.1", cgroups: "v2", root: "/x", pid: 1)
  }
  func observe(_ project: ProjectName?) throws -> Observed {
    asked.withLock { $0.append("observe \(project?.rawValue ?? "all")") }
    if project == "absent" { throw EngineError(.notFound, subject: "absent", "no such project", hint: "look at `muster ls`") }
    return observed
  }
  func history(_ project: ProjectName) throws -> [Revision] {
    asked.withLock { $0.append("history \(project)") }
    return [
      Revision(
        number: 2, at: 7, caller: Caller(uid: 1000, gid: 1000), operation: "up", outcome: .failed,
        changes: ["+ create container shop-web-1"],
        images: ["web": digest("1")], isCurrent: true)
    ]
  }
  func plan(_ request: StackRequest) -> Plan {
    requests.withLock { $0.append(request) }
    return Plan(project: request.project, basis: 7, notes: ["a note"], unchanged: ["shop-web-1"])
  }
  func prepare(_ request: StackRequest) -> PreparedPlan {
    PreparedPlan(plan: plan(request), expectation: PlanExpectation(engine: "fake", basis: PlanBasis(), effects: []))
  }
  func carryOut(_ request: StackRequest, onEvent: @escaping @Sendable (Event) -> Void) async throws -> Report {
    requests.withLock { $0.append(request) }
    return try await operate(request, onEvent)
  }
  func volumes(_ project: ProjectName) -> [VolumeSummary] { [] }
  func logs(_ request: LogRequest) throws -> AsyncThrowingStream<[LogLine], any Error> {
    guard let lines else { throw EngineError(.notFound, "no such service: \(request.services.first?.rawValue ?? "")") }
    return lines
  }
  func events(_ request: EventRequest) throws -> AsyncThrowingStream<Event, any Error> {
    asked.withLock { $0.append("events \(request.project?.rawValue ?? "all")") }
    eventRequests.withLock { $0.append(request) }
    return happenings ?? AsyncThrowingStream { nil }
  }
  func session(
    _ request: SessionRequest, input: AsyncStream<SessionInput>, output: @escaping @Sendable (SessionOutput) async -> Void
  ) async throws -> Int32 {
    try await talk(request, input, output)
  }
  func images() -> [ImageSummary] { [ImageSummary(id: digest("2"), references: ["web:latest"], created: nil, size: 5)] }
  func importImage(_ request: ImportRequest) -> ImageSummary {
    asked.withLock {
      let more = (request.changes ?? []) + [request.message, request.platform].compactMap { $0 }
      $0.append((["import", request.path, request.reference ?? "-"] + more).joined(separator: " "))
    }
    return ImageSummary(id: digest("3"), references: request.reference.map { [$0] } ?? [], created: "2026-01-01T00:00:00Z", size: 9)
  }
  func pullImage(_ request: PullRequest, onEvent: @escaping @Sendable (Event) -> Void) throws -> PulledSummary {
    asked.withLock { $0.append("pull \(request.reference) as \(request.credentials.keys.sorted())") }
    onEvent(event(1))
    return PulledSummary(
      image: ImageSummary(id: digest("4"), references: [request.reference], created: nil, size: 7), digest: digest("5"),
      canonical: "docker.io/library/" + request.reference, isNew: true)
  }
  func remoteImages(_ request: RemoteImagesRequest) -> [RemoteImageState] {
    asked.withLock { $0.append("remote \(request.references) as \(request.credentials.keys.sorted())") }
    return request.references.map { RemoteImageState(reference: $0, id: digest("1"), remoteID: digest("2"), remoteDigest: digest("3")) }
  }
  func remoteManifest(_ request: PullRequest) -> RemoteDocument {
    RemoteDocument(digest: digest("7"), mediaType: "application/x", bytes: Array("{} of \(request.reference)".utf8))
  }
  func remoteTags(_ request: PullRequest) -> [String] { ["1", "latest"] }
  func searchImages(_ request: SearchRequest) throws -> [SearchResult] {
    asked.withLock { $0.append("search \(request.term) \(request.limit) as \(request.credentials.keys.sorted())") }
    if request.term.hasPrefix("silent.example/") { throw EngineError(.notFound, "the registry silent.example offers no search") }
    return [SearchResult(name: "web", description: "a web", stars: 3, isOfficial: true)]
  }
  func pushImage(_ request: PushRequest, onEvent: @escaping @Sendable (Event) -> Void) throws -> PushedSummary {
    asked.withLock { $0.append("push \(request.reference) as \(request.credentials.keys.sorted())") }
    onEvent(event(1))
    return PushedSummary(digest: digest("6"), size: 11)
  }
  func checkLogin(_ registry: String, _ credential: RegistryCredential) throws {
    if credential.password != "right" { throw EngineError(.denied, subject: registry, "wrong password") }
  }
  func tagImage(_ source: String, as reference: String) { asked.withLock { $0.append("tag \(source) \(reference)") } }
  func removeImage(_ reference: String, force: Bool) throws -> [String] {
    if reference.hasSuffix("busy") { throw EngineError(.conflict, subject: reference, "in use by shop-web-1") }
    return [reference, force ? "forced" : "gently"]
  }
}

func digest(_ digit: String) -> Digest { Digest(hex: String(repeating: digit, count: 64))! }

func event(_ number: UInt64, _ kind: Event.Kind = .warning("w")) -> Event {
  Event(sequence: number, at: Int64(number), project: "shop", kind: kind)
}
