public import Backend
import LinuxKit
import Networking
import Reconciler
import StackModel

extension LocalBackend {
  public func networks() async throws -> [NetworkSummary] {
    var summaries: [NetworkSummary] = []
    for row in await catalog.networks() { summaries.append(NetworkSummary(row)) }
    return summaries
  }

  public func network(_ nameOrID: String) async throws -> NetworkSummary {
    let row = try await networkRow(nameOrID)
    var summary = NetworkSummary(row)
    for container in await containers.all() {
      guard let endpoint = await container.keptEndpoints.first(where: { $0.network == row.requested.name }) else { continue }
      summary.containers[container.id.rawValue] = NetworkMember(container, endpoint)
    }
    return summary
  }

  public func createNetwork(_ creation: NetworkCreation) async throws -> NetworkSummary {
    let network = try Network(creation)
    guard await catalog.network(network.name) == nil else {
      throw EngineError(.conflict, "network with name \(network.name) already exists")
    }
    do {
      try await createNetwork(network, project: nil)
    } catch let error as NetworkingError {
      throw EngineError(error.isInvalid ? .invalid : .conflict, error.description)
    }
    return try await self.network(network.name.rawValue)
  }

  public func removeNetwork(_ nameOrID: String) async throws -> String {
    let name = try await networkRow(nameOrID).requested.name
    do {
      try await removeNetwork(name)
    } catch let error as NetworkingError {
      throw EngineError(.conflict, error.description)
    }
    return name.rawValue
  }

  public func pruneNetworks(_ filter: NetworkFilter) async throws -> [String] {
    var used: Set<NetworkName> = []
    for container in await containers.all() {
      if case .bridges(let attachments) = container.spec.options.network { used.formUnion(attachments.map(\.network)) }
    }
    var removed: [String] = []
    for row in await catalog.networks() where !used.contains(row.requested.name) {
      guard filter.matches(NetworkSummary(row), isUsed: false, now: WallClock.nanoseconds()) else { continue }
      do {
        try await removeNetwork(row.requested.name)
        removed.append(row.requested.name.rawValue)
      } catch NetworkingError.networkInUse {
        // Somebody has come in the meantime.
      } catch let error as EngineError where error.code == .conflict {}
    }
    return removed
  }

  /// By name, or by the beginning of an id that is no other's.
  func networkRow(_ nameOrID: String) async throws(EngineError) -> NetworkRow {
    if let row = await catalog.network(NetworkName(nameOrID)) { return row }
    let rows = await catalog.networks().filter { !nameOrID.isEmpty && $0.publicID.hasPrefix(nameOrID) }
    if rows.count == 1 { return rows[0] }
    guard rows.isEmpty else { throw EngineError(.invalid, "network \(nameOrID) is ambiguous (\(rows.count) matches found on name)") }
    throw EngineError(.notFound, "network \(nameOrID) not found")
  }
}

extension NetworkRow {
  /// The id that people and programs get. That of a network from before there were ids comes from its name.
  var publicID: String {
    if let id { return id }
    let digits = requested.name.rawValue.utf8.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    return String((digits + String(repeating: "0", count: 64)).prefix(64))
  }
}

extension NetworkingError {
  /// What was asked for is wrong, rather than taken.
  var isInvalid: Bool { if case .invalid = self { true } else { false } }
}
