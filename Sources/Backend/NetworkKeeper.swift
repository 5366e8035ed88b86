/// Keeps networks that no stack has to name: the verbs of `docker network`.
public protocol NetworkKeeper: Sendable {
  /// All networks, by name.
  func networks() async throws -> [NetworkSummary]
  /// One, by name or by the beginning of its id, with the containers on it.
  func network(_ nameOrID: String) async throws -> NetworkSummary
  func createNetwork(_ creation: NetworkCreation) async throws -> NetworkSummary
  /// Refused (`conflict`) while a running container is on it; returns its name.
  func removeNetwork(_ nameOrID: String) async throws -> String
  /// Removes the networks that fit the filter and that no container has; returns their names.
  func pruneNetworks(_ filter: NetworkFilter) async throws -> [String]
  /// Puts a container on a network, also while it runs.
  func connectNetwork(_ nameOrID: String, _ connection: NetworkConnection) async throws
  /// Takes a container off a network, also while it runs.
  func disconnectNetwork(_ nameOrID: String, container: String) async throws
}
