import Backend
import Synchronization

extension FakeBackend {
  static let network = NetworkSummary(
    name: "shared", id: String(repeating: "ab", count: 32), created: "2026-01-02T03:04:05.000000000Z", hasIPv4: true, hasIPv6: true,
    addresses: NetworkAddresses(pools: [
      .init(subnet: "172.28.0.0/16", range: "172.28.5.0/24", gateway: "172.28.0.1", reserved: ["printer": "172.28.0.9"]),
      .init(subnet: "fd00:1::/64", gateway: "fd00:1::1"),
    ]), isInternal: false,
    containers: [
      "c0ffee": .init(name: "shop-web-1", endpoint: "e1", mac: "02:42:ac:1c:00:02", ipv4: "172.28.0.2/16", ipv6: "fd00:1::2/64")
    ],
    options: ["com.docker.network.driver.mtu": "1400"], labels: ["team": "shop"])

  private func note(_ text: String) { asked.withLock { $0.append(text) } }

  func networks() -> [NetworkSummary] {
    var other = Self.network
    (other.name, other.id, other.labels, other.containers) = ("other", String(repeating: "cd", count: 32), [:], [:])
    return [Self.network, other]
  }
  func network(_ nameOrID: String) throws -> NetworkSummary {
    guard let found = networks().first(where: { $0.name == nameOrID || $0.id.hasPrefix(nameOrID) }) else {
      throw EngineError(.notFound, "network \(nameOrID) not found")
    }
    return found
  }
  func createNetwork(_ creation: NetworkCreation) throws -> NetworkSummary {
    if creation.name == "taken" { throw EngineError(.conflict, "network with name taken already exists") }
    note("create \(creation.name) \(creation.addresses?.pools?.compactMap(\.subnet) ?? []) \(creation.labels ?? [:])")
    return Self.network
  }
  func removeNetwork(_ nameOrID: String) throws -> String {
    if nameOrID == "busy" { throw EngineError(.conflict, "shop-web-1 still uses it") }
    note("remove \(nameOrID)")
    return nameOrID
  }
  func pruneNetworks(_ filter: NetworkFilter) -> [String] {
    note("prune \(filter.values)")
    return ["other"]
  }
  func connectNetwork(_ nameOrID: String, _ connection: NetworkConnection) {
    note("connect \(nameOrID) \(connection.container) \(connection.place?.aliases ?? []) \(connection.place?.addresses?.ipv6 ?? "-")")
  }
  func disconnectNetwork(_ nameOrID: String, container: String) { note("disconnect \(nameOrID) \(container)") }
}
