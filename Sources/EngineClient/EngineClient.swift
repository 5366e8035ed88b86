public import Backend
import EngineWire
import FoundationEssentials
public import OCI
public import Reconciler
public import StackModel

/// An engine at the other end of a unix socket. Each call is one request on a connection of its own; cancelling it closes the connection.
///
/// Every method throws `EngineError`: the engine's own, or `unavailable` when it cannot be reached.
public struct EngineClient: Backend {
  /// The socket's path.
  public let socket: String

  /// Does not connect yet.
  public init(socket: String) { self.socket = socket }

  public func probe() async throws -> Capabilities { try await get("/version") }

  public func observe(_ project: ProjectName?) async throws -> Observed {
    try await get(project.map(Self.path) ?? "/stacks")
  }

  public func plan(_ request: StackRequest) async throws -> Plan {
    try await call("POST", Self.path(request.project) + "/plan", request)
  }

  public func outline(_ request: StackRequest) async throws -> PlanOutline { try await outline(request, digest: nil) }

  /// - Parameter digest: As for ``carryOut(_:digest:onEvent:)``.
  public func outline(_ request: StackRequest, digest: String?) async throws -> PlanOutline {
    let exchange = try await exchange(Self.path(request.project) + "/outline", request, digest)
    return try decode(try await exchange.readAll(limit: Wire.lineLimit))
  }

  public func prepare(_ request: StackRequest) async throws -> PreparedPlan {
    try await call("POST", Self.path(request.project) + "/prepare", request)
  }

  public func volumes(_ project: ProjectName) async throws -> [VolumeSummary] { try await get(Self.path(project) + "/volumes") }

  public func history(_ project: ProjectName) async throws -> [Revision] { try await get(Self.path(project) + "/history") }

  public func images() async throws -> [ImageSummary] { try await get("/images/json") }

  public func importImage(_ request: ImportRequest) async throws -> ImageSummary {
    try await call("POST", "/images/import", request)
  }

  public func removeImage(_ reference: String, force: Bool) async throws -> [String] {
    let target = "/images/" + reference.percentEncoded + (force ? "?force=1" : "")
    let answer: RemovedImages = try decode(try await answer("DELETE", target, nil))
    return answer.removed
  }

  public func checkLogin(_ registry: String, _ credential: RegistryCredential) async throws {
    let _: [String: String] = try await call("POST", "/auth", LoginRequest(registry: registry, credential: credential))
  }

  public func tagImage(_ source: String, as reference: String) async throws {
    let _: [String: String] = try await call("POST", "/images/tag", TagRequest(source: source, reference: reference))
  }

  /// What the engine has recorded under the id of a trace, which it forgets with that.
  public func trace(_ id: String) async throws -> TraceRecord { try await get("/traces/" + id.percentEncoded) }

  static func path(_ project: ProjectName) -> String { "/stacks/" + project.rawValue.percentEncoded }

  func get<Value: Decodable>(_ target: String) async throws -> Value {
    try decode(try await answer("GET", target, nil))
  }

  func call<Value: Decodable>(_ method: String, _ target: String, _ body: some Encodable) async throws -> Value {
    try decode(try await answer(method, target, try encode(body)))
  }

  /// The beginning of the answer to a request, which goes out only where the engine does not have it under its digest already.
  func exchange(_ target: String, _ request: StackRequest, _ digest: String?) async throws -> Exchange {
    if let digest {
      let exchange = try await Exchange(socket, "POST", target, digest: digest)
      if try await exchange.start() { return exchange }
    }
    let exchange = try await Exchange(socket, "POST", target, body: try traced("encode") { try encode(request) }, digest: digest)
    try await exchange.start()
    return exchange
  }

  /// The whole body of an answer.
  func answer(_ method: String, _ target: String, _ body: [UInt8]?) async throws -> [UInt8] {
    let exchange = try await Exchange(socket, method, target, body: body)
    try await exchange.start()
    return try await exchange.readAll(limit: Wire.lineLimit)
  }
}

func encode(_ value: some Encodable) throws -> [UInt8] { Array(try JSONEncoder().encode(value)) }

func decode<Value: Decodable>(_ bytes: [UInt8]) throws(EngineError) -> Value {
  do {
    return try JSONDecoder().decode(Value.self, from: Data(bytes))
  } catch {
    throw EngineError(
      .internal, "the engine's answer is not what this command expects: \(error)", hint: "engine and command may be of different versions")
  }
}
