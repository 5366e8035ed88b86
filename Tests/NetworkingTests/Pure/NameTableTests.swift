import Netlink
import StackModel
import Testing

@testable import Networking

@Suite struct NameTableTests {
  private func names(
    _ id: ContainerID, _ name: String, at places: [NetworkName: String], service: ServiceName? = nil,
    project: ProjectName? = nil, aliases: [NetworkName: [String]] = [:],
    links: [String: String] = [:], isReady: Bool = true, resolvers: [String] = []
  ) -> EndpointNames {
    let endpoints = places.sorted { $0.key < $1.key }.map { network, address in
      Endpoint(
        network: network, bridge: "br", address: address, prefix: 24, mac: "02:42:00:00:00:01", gateway: "10.0.0.1", isDefaultRoute: false,
        interface: "eth0")
    }
    return EndpointNames(
      container: id, endpoints: endpoints, name: name, service: service, project: project, aliases: aliases, links: links, isReady: isReady,
      resolvers: resolvers)
  }

  private func asker(_ network: NetworkName, _ address: String) throws -> NameTable.Asker {
    NameTable.Asker(network: network, address: try #require(IPAddress(address)))
  }

  @Test func aliasesHoldOnTheirNetworkOnly() throws {
    var table = NameTable()
    table.set(names("a", "web", at: ["front": "10.0.1.2", "back": "10.0.2.2"], aliases: ["back": ["Api"]]))
    table.set(names("b", "one", at: ["front": "10.0.1.3"]))
    table.set(names("c", "two", at: ["back": "10.0.2.3"]))
    #expect(try table.addresses(of: "api", for: asker("front", "10.0.1.3")) == nil)
    #expect(try table.addresses(of: "api", for: asker("back", "10.0.2.3"))?.map(\.description) == ["10.0.2.2"])
    #expect(try table.addresses(of: "web", for: asker("front", "10.0.1.3"))?.map(\.description) == ["10.0.1.2"])
    #expect(try table.addresses(of: "two", for: asker("front", "10.0.1.3")) == nil)
    // The host, or a container that is on its way: the names of the network it asks on.
    #expect(try table.addresses(of: "web", for: asker("front", "10.0.1.99"))?.count == 1)
  }

  @Test func readyOnesAreMeantAsLongAsThereAreAny() throws {
    var table = NameTable()
    table.set(names("a", "db-1", at: ["net": "10.0.0.2"], service: "db", isReady: false))
    table.set(names("b", "db-2", at: ["net": "10.0.0.3"], service: "db"))
    let host = try asker("net", "10.0.0.9")
    #expect(table.addresses(of: "db", for: host)?.map(\.description) == ["10.0.0.3"])
    #expect(table.addresses(of: "db-1", for: host)?.map(\.description) == ["10.0.0.2"])
    table.remove("b")
    #expect(table.addresses(of: "db", for: host)?.map(\.description) == ["10.0.0.2"])
    table.remove("a")
    #expect(table.addresses(of: "db", for: host) == nil)
  }

  @Test func newNamesReplaceOldOnes() throws {
    var table = NameTable()
    table.set(names("a", "old", at: ["net": "10.0.0.2"]))
    table.set(names("a", "new", at: ["net": "10.0.0.3"]))
    let host = try asker("net", "10.0.0.9")
    #expect(table.addresses(of: "old", for: host) == nil)
    #expect(table.addresses(of: "new", for: host)?.map(\.description) == ["10.0.0.3"])
    #expect(table.name(at: .v4(IPv4Address(0x0A00_0002)), for: host) == nil)
    #expect(table.name(at: .v4(IPv4Address(0x0A00_0003)), for: host) == "new.net")
  }

  @Test func whoIsInsideOnlyAsksNobodyElse() throws {
    var table = NameTable()
    table.setNetwork("hidden", isInternal: true)
    table.setNetwork("front", isInternal: false)
    table.set(names("a", "in", at: ["hidden": "10.0.1.2"], resolvers: ["9.9.9.9"]))
    table.set(names("b", "both", at: ["hidden": "10.0.1.3", "front": "10.0.2.3"], resolvers: ["9.9.9.9"]))
    #expect(try table.resolvers(for: asker("hidden", "10.0.1.2")) == nil)
    #expect(try table.resolvers(for: asker("hidden", "10.0.1.3")) == ["9.9.9.9"])
    #expect(try table.resolvers(for: asker("front", "10.0.2.9")) == [])
  }

  /// Two stacks have a `db` on a network that both use.
  @Test func aStacksOwnNamesComeFirst() throws {
    var table = NameTable()
    table.set(names("a", "shop-db-1", at: ["shared": "10.0.0.2"], service: "db", project: "shop", aliases: ["shared": ["sql"]]))
    table.set(names("b", "blog-db-1", at: ["shared": "10.0.0.3"], service: "db", project: "blog", aliases: ["shared": ["sql"]]))
    table.set(names("c", "blog-web-1", at: ["shared": "10.0.0.4"], service: "web", project: "blog"))
    let (shop, blog, host) = try (asker("shared", "10.0.0.2"), asker("shared", "10.0.0.4"), asker("shared", "10.0.0.99"))
    for name in ["db", "sql"] {
      #expect(table.addresses(of: name, for: shop)?.map(\.description) == ["10.0.0.2"])
      #expect(table.addresses(of: name, for: blog)?.map(\.description) == ["10.0.0.3"])
      #expect(table.addresses(of: name, for: host)?.count == 2)
      #expect(table.addresses(of: name + ".shop", for: blog)?.map(\.description) == ["10.0.0.2"])
    }
    // What only another stack has is found there.
    #expect(table.addresses(of: "web", for: shop)?.map(\.description) == ["10.0.0.4"])
    #expect(table.addresses(of: "web.shop", for: shop) == nil)
  }

  @Test func linksDoNotLoop() throws {
    var table = NameTable()
    table.set(names("a", "web", at: ["net": "10.0.0.2"], links: ["x": "y", "y": "x", "db": "sql"]))
    table.set(names("b", "sql", at: ["net": "10.0.0.3"]))
    let web = try asker("net", "10.0.0.2")
    #expect(table.addresses(of: "x", for: web) == nil)
    #expect(table.addresses(of: "db", for: web)?.map(\.description) == ["10.0.0.3"])
  }
}
