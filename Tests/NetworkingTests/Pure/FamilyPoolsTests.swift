import Netlink
import StackModel
import Testing

@testable import Networking

/// Several subnets of one family, which networks of others have.
@Suite struct FamilyPoolsTests {
  private func network(_ subnets: String..., further: [IPAMConfig] = [], mode: IpvlanOptions.Mode? = nil) -> Network {
    var network = Network(key: "n", name: "n", subnet: subnets[0])
    network.ipvlan = IpvlanOptions(parent: "eth0", mode: mode)
    network.furtherSubnets = subnets.dropFirst().map { IPAMConfig(subnet: $0) } + further
    return network
  }

  private func pools(_ network: Network) throws -> FamilyPools<IPv4Address> {
    try #require(FamilyPools("n", NetworkPlan(network).all4))
  }

  @Test func theFirstWithRoomGivesTheAddress() throws {
    var pools = try pools(network("10.0.0.0/29", "10.1.0.0/29"))
    let given = try (1...10).map { try pools.reserve(ContainerID("c\($0)")).description }
    #expect(given == (2...6).map { "10.0.0.\($0)" } + (2...6).map { "10.1.0.\($0)" })
    #expect(throws: NetworkingError.noFreeAddress("n", subnet: "10.0.0.0/29, 10.1.0.0/29")) { try pools.reserve("more") }
    pools.release("c2")
    #expect(try pools.reserve("more").description == "10.0.0.3")
    #expect(pools.owners.count == 10)
    // Who has one keeps it, in whatever subnet.
    #expect(try pools.reserve("c9").description == "10.1.0.5")
  }

  @Test func anAddressThatIsAskedForIsOfItsSubnet() throws {
    var pools = try pools(network("10.0.0.0/24", "10.1.0.0/24"))
    let second = try #require(IPv4Address("10.1.0.77"))
    #expect(try pools.reserve("a", name: "web", requested: second) == second)
    #expect(pools.subnet(of: second)?.gateway?.description == "10.1.0.1")
    // Another one instead, in the other subnet: the first is free.
    let first = try #require(IPv4Address("10.0.0.9"))
    #expect(try pools.reserve("a", name: "web", requested: first) == first)
    #expect(pools.owners == [first: "a"])
    #expect(try pools.reserve("b", requested: second) == second)
    for bad in ["10.1.0.1", "10.2.0.4", "10.1.0.255"] {
      let address = try #require(IPv4Address(bad))
      #expect(throws: NetworkingError.self) { try pools.reserve("c", requested: address) }
    }
  }

  @Test func theNextOfTheNameComesBackToItsSubnet() throws {
    var pools = try pools(network("10.0.0.0/24", "10.1.0.0/24"))
    let second = try #require(IPv4Address("10.1.0.77"))
    _ = try pools.reserve("a", name: "web", requested: second)
    pools.release("a")
    #expect(try pools.reserve("b", name: "web") == second)
    pools.passOn(from: "b", to: "c", name: "web")
    #expect(pools.owners == [second: "c"])
  }

  @Test func subnetsDoNotOverlap() throws {
    #expect {
      try NetworkPlan(network("10.0.0.0/8", "10.1.0.0/16"))
    } throws: {
      "\($0)".contains("its own 10.0.0.0/8")
    }
  }

  @Test func everySubnetHasAGatewayButWhereNoneIsUsed() throws {
    let six = IPAMConfig(subnet: "fd00:1::/64")
    let further = IPAMConfig(subnet: "fd00:2::/64", gateway: "fd00:2::9")
    var bridged = network("10.0.0.0/24", "10.1.0.0/24", further: [further])
    bridged.ipv6 = six
    let full = try NetworkPlan(bridged).filling(bridged)
    #expect(full.gateway == "10.0.0.1" && full.ipv6?.gateway == "fd00:1::1")
    #expect(full.furtherSubnets?.map(\.gateway) == ["10.1.0.1", "fd00:2::9"])
    var routed = network("10.0.0.0/24", "10.1.0.0/24", further: [further], mode: .l3)
    routed.ipv6 = six
    let deep = try NetworkPlan(routed).filling(routed)
    #expect(deep.gateway == nil && deep.ipv6?.gateway == nil && deep.furtherSubnets?.map(\.gateway) == [nil, "fd00:2::9"])
    // What is in use by others is theirs.
    var taken = TakenSubnets()
    taken.add(.v4(try #require(IPv4Address("10.0.0.0"))), prefix: 8, by: "the host's eth0")
    #expect(try NetworkPlan(routed, taken: taken).all4.count == 2)
  }

  @Test func namesOfVLANs() {
    #expect(VLANName("eth0.50") == VLANName("eth0.50") && VLANName("eth0.50")?.base == "eth0" && VLANName("eth0.50")?.id == 50)
    #expect(VLANName("eth0.50.7")?.base == "eth0.50")
    for bad in ["eth0", "eth0.", "eth0.0", "eth0.4095", ".5", "eth0.x", "eth0.-1"] { #expect(VLANName(bad) == nil, "\(bad)") }
  }

  /// What an interface is called until it has its name: at most 15 letters, and another one for every place.
  @Test func everyPlaceHasAWayIn() {
    func place(_ network: NetworkName, _ address: String) -> Endpoint {
      Endpoint(
        network: network, bridge: "", address: address, prefix: 24, mac: "", gateway: "", isDefaultRoute: true, interface: "eth0")
    }
    let all = [place("a", "10.0.0.2"), place("b", "10.0.0.2"), place("a", "10.0.0.3")]
    #expect(Set(all.map(\.origin)).count == 3 && all.allSatisfy { $0.origin.utf8.count == 15 && $0.origin.hasPrefix("mc-") })
    #expect(all.defaultRoute == .interface("eth0") && all.defaultGateway == nil)
  }
}
