import Netlink
import StackModel
import Testing

@testable import Networking

@Suite struct SubnetPoolTests {
  private func subnets(_ texts: String...) throws -> [IPv4Subnet] { try texts.map { try #require(IPv4Subnet($0)) } }

  @Test func theFirstFreeSubnetIsChosen() throws {
    #expect(SubnetPool.choose(from: SubnetPool.standard, avoiding: [])?.description == "172.17.0.0/20")
    let taken = try subnets("172.17.0.0/16", "172.18.0.0/20", "172.18.17.0/24")
    #expect(SubnetPool.choose(from: SubnetPool.standard, avoiding: taken)?.description == "172.18.32.0/20")
  }

  @Test func poolsFollowEachOther() throws {
    #expect(try SubnetPool.choose(from: SubnetPool.standard, avoiding: subnets("172.16.0.0/12"))?.description == "192.168.0.0/20")
    #expect(
      try SubnetPool.choose(from: SubnetPool.standard, avoiding: subnets("172.16.0.0/12", "192.168.0.0/16"))?.description == "10.0.0.0/20")
    #expect(try SubnetPool.choose(from: SubnetPool.standard, avoiding: subnets("0.0.0.0/0")) == nil)
  }

  @Test func allSubnetsOfAPoolAreUsedAndNoneTwice() throws {
    let pool = try SubnetPool(#require(IPv4Subnet("255.255.255.0/24")), prefix: 28)
    var taken: [IPv4Subnet] = []
    while let next = SubnetPool.choose(from: [pool], avoiding: taken) {
      #expect(!taken.contains { $0.overlaps(next) })
      taken.append(next)
    }
    #expect(taken.count == 16)
  }

  /// RFC 4193: fd, forty bits of this machine's own, sixteen that count its networks.
  @Test func localAddressesAreAMachinesOwn() throws {
    let (own, other) = (SubnetPool6.local(to: "machine"), SubnetPool6.local(to: "another"))
    #expect(own == SubnetPool6.local(to: "machine") && own != other && own.count == 1)
    var network = Network(key: "n", name: "n")
    network.ipv6 = IPAMConfig()
    let first = try #require(try NetworkPlan(network, pools: SubnetPool.standard, pools6: own).ipv6)
    let gateway = try #require(first.gateway)
    #expect(first.subnet.prefix == 64 && first.subnet.description.hasPrefix("fd") && gateway.value == first.subnet.base.value + 1)
    var taken = TakenSubnets()
    taken.add(gateway.ipAddress, prefix: 64, by: "network m")
    let second = try #require(try NetworkPlan(network, pools: SubnetPool.standard, pools6: own, taken: taken).ipv6)
    #expect(second.subnet.base.value == first.subnet.last.value + 1)
    network.ipv6?.subnet = first.subnet.description
    #expect(throws: NetworkingError.subnetTaken(network: "n", subnet: first.subnet.description, by: "network m")) {
      try NetworkPlan(network, pools: SubnetPool.standard, taken: taken)
    }
    network.ipv6 = nil
    network.hasNoIPv4 = true
    #expect(throws: NetworkingError.self) { try NetworkPlan(network, pools: SubnetPool.standard) }
  }

  @Test func whatAFileAsksForIsChecked() throws {
    func plan(_ subnet: String?, gateway: String? = nil, range: String? = nil) throws(NetworkingError) -> NetworkPlan {
      try NetworkPlan(Network(key: "n", name: "n", subnet: subnet, gateway: gateway, range: range), pools: SubnetPool.standard)
    }
    let chosen = try plan("10.5.0.0/24", gateway: "10.5.0.254", range: "10.5.0.128/25")
    #expect(chosen.ipv4?.gateway?.description == "10.5.0.254" && chosen.ipv4?.range.description == "10.5.0.128/25")
    #expect(try plan("10.5.0.0/24").ipv4?.gateway?.description == "10.5.0.1")
    for (subnet, gateway, range): (String, String?, String?) in [
      ("10.5.0.0", nil, nil), ("10.5.0.0/31", nil, nil), ("fd00::/64", nil, nil), ("10.5.0.0/24", "10.6.0.1", nil),
      ("10.5.0.0/24", "10.5.0.0", nil), ("10.5.0.0/24", "10.5.0.255", nil), ("10.5.0.0/24", nil, "10.5.0.0/23"),
    ] {
      #expect { try plan(subnet, gateway: gateway, range: range) } throws: {
        if case NetworkingError.invalid = $0 { true } else { false }
      }
    }
  }
}
