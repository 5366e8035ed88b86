public import Backend
import EngineWire
public import Reconciler

extension EngineClient {
  public func container(_ name: String) async throws -> ObservedContainer { try await get(Self.path(of: name)) }

  public func act(on name: String, _ action: ContainerAction) async throws -> [String] {
    try await call("POST", Self.path(of: name) + "/act", action)
  }

  public func processes(of name: String, _ options: [String]) async throws -> ProcessList {
    try await get(Self.path(of: name) + "/top" + (options.isEmpty ? "" : "?ps_args=" + options.joined(separator: " ").percentEncoded))
  }

  public func statistics(of name: String) async throws -> ContainerStatistics { try await get(Self.path(of: name) + "/stats?stream=0") }

  public func createContainer(_ creation: ContainerCreation) async throws -> ObservedContainer {
    try await call("POST", "/containers", creation)
  }

  static func path(of name: String) -> String { "/containers/" + name.percentEncoded }
}
