public import Backend
public import OCI
public import Reconciler
public import StackModel

/// The engine as it is served: no error, event or plan of it has the value of a secret in it. What containers write is their own.
public struct RedactingBackend: Backend {
  let engine: LocalBackend
  public init(_ engine: LocalBackend) { self.engine = engine }

  func redacting<Value>(_ body: () async throws -> Value) async throws -> Value {
    do {
      return try await body()
    } catch {
      throw engine.secretsSeen.redact(error)
    }
  }

  public func probe() async throws -> Capabilities { try await redacting { try await engine.probe() } }
  public func observe(_ project: ProjectName?) async throws -> Observed { try await redacting { try await engine.observe(project) } }
  public func plan(_ request: StackRequest) async throws -> Plan {
    try await redacting { engine.secretsSeen.redact(try await engine.plan(request)) }
  }
  public func prepare(_ request: StackRequest) async throws -> PreparedPlan {
    try await redacting {
      var prepared = try await engine.prepare(request)
      prepared.plan = engine.secretsSeen.redact(prepared.plan)
      prepared.expectation = engine.secretsSeen.redact(prepared.expectation)
      return prepared
    }
  }
  public func carryOut(_ request: StackRequest, onEvent: @escaping @Sendable (Event) -> Void) async throws -> Report {
    try await redacting { engine.secretsSeen.redact(try await engine.carryOut(request, onEvent: onEvent)) }
  }
  public func volumes(_ project: ProjectName) async throws -> [VolumeSummary] { try await redacting { try await engine.volumes(project) } }
  public func history(_ project: ProjectName) async throws -> [Revision] { try await redacting { try await engine.history(project) } }
  public func logs(_ request: LogRequest) async throws -> AsyncThrowingStream<[LogLine], any Error> {
    try await redacting { try await engine.logs(request) }
  }
  public func events(_ request: EventRequest) async throws -> AsyncThrowingStream<Event, any Error> {
    try await redacting { try await engine.events(request) }
  }
  public func session(
    _ request: SessionRequest, input: AsyncStream<SessionInput>, output: @escaping @Sendable (SessionOutput) async -> Void
  ) async throws -> Int32 {
    try await redacting { try await engine.session(request, input: input, output: output) }
  }
  public func images() async throws -> [ImageSummary] { try await redacting { try await engine.images() } }
  public func importImage(_ request: ImportRequest) async throws -> ImageSummary {
    try await redacting { try await engine.importImage(request) }
  }
  public func removeImage(_ reference: String, force: Bool) async throws -> [String] {
    try await redacting { try await engine.removeImage(reference, force: force) }
  }
  public func pullImage(_ request: PullRequest, onEvent: @escaping @Sendable (Event) -> Void) async throws -> PulledSummary {
    try await redacting { try await engine.pullImage(request, onEvent: onEvent) }
  }
  public func remoteImages(_ request: RemoteImagesRequest) async throws -> [RemoteImageState] {
    try await redacting { try await engine.remoteImages(request) }
  }
  public func remoteManifest(_ request: PullRequest) async throws -> RemoteDocument {
    try await redacting { try await engine.remoteManifest(request) }
  }
  public func remoteTags(_ request: PullRequest) async throws -> [String] {
    try await redacting { try await engine.remoteTags(request) }
  }
  public func searchImages(_ request: SearchRequest) async throws -> [SearchResult] {
    try await redacting { try await engine.searchImages(request) }
  }
  public func pushImage(_ request: PushRequest, onEvent: @escaping @Sendable (Event) -> Void) async throws -> PushedSummary {
    try await redacting { try await engine.pushImage(request, onEvent: onEvent) }
  }
  public func checkLogin(_ registry: String, _ credential: RegistryCredential) async throws {
    try await redacting { try await engine.checkLogin(registry, credential) }
  }
  public func tagImage(_ source: String, as reference: String) async throws {
    try await redacting { try await engine.tagImage(source, as: reference) }
  }
  public func networks() async throws -> [NetworkSummary] { try await redacting { try await engine.networks() } }
  public func network(_ nameOrID: String) async throws -> NetworkSummary { try await redacting { try await engine.network(nameOrID) } }
  public func createNetwork(_ creation: NetworkCreation) async throws -> NetworkSummary {
    try await redacting { try await engine.createNetwork(creation) }
  }
  public func removeNetwork(_ nameOrID: String) async throws -> String { try await redacting { try await engine.removeNetwork(nameOrID) } }
  public func pruneNetworks(_ filter: NetworkFilter) async throws -> [String] {
    try await redacting { try await engine.pruneNetworks(filter) }
  }
  public func connectNetwork(_ nameOrID: String, _ connection: NetworkConnection) async throws {
    try await redacting { try await engine.connectNetwork(nameOrID, connection) }
  }
  public func disconnectNetwork(_ nameOrID: String, container: String) async throws {
    try await redacting { try await engine.disconnectNetwork(nameOrID, container: container) }
  }
  public func secrets() async throws -> [SecretSummary] { try await redacting { try await engine.secrets() } }
  public func secret(_ nameOrID: String) async throws -> SecretSummary { try await redacting { try await engine.secret(nameOrID) } }
  public func createSecret(_ name: String, _ value: SecretValue, labels: [String: String]) async throws -> SecretSummary {
    try await redacting { try await engine.createSecret(name, value, labels: labels) }
  }
  public func rotateSecret(_ nameOrID: String, _ value: SecretValue) async throws -> SecretRotation {
    try await redacting { try await engine.rotateSecret(nameOrID, value) }
  }
  public func labelSecret(_ nameOrID: String, _ labels: [String: String]) async throws {
    try await redacting { try await engine.labelSecret(nameOrID, labels) }
  }
  public func removeSecret(_ nameOrID: String) async throws { try await redacting { try await engine.removeSecret(nameOrID) } }
  public func rotateSecretKey(to source: String?) async throws -> SecretKeyChange {
    try await redacting { try await engine.rotateSecretKey(to: source) }
  }
}
