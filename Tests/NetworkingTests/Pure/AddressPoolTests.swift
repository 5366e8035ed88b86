import Netlink
import StackModel
import Testing

@testable import Networking

@Suite struct AddressPoolTests {
  private func pool(_ subnet: String = "10.0.0.0/29", gateway: String = "10.0.0.1", range: String? = nil, reserved: [String: String] = [:])
    throws -> AddressPool<IPv4Address>
  {
    let asked = IPAMConfig(subnet: subnet, range: range, gateway: gateway, reserved: reserved)
    return AddressPool("net", try FamilyPlan("net", asked, pools: [], taken: []))
  }

  /// `aux_addresses` are nobody's.
  @Test func whatOthersHaveIsNotGivenOut() throws {
    var pool = try pool(reserved: ["printer": "10.0.0.2", "router": "10.0.0.4"])
    #expect(try [pool.reserve("a"), pool.reserve("b")].map(\.description) == ["10.0.0.3", "10.0.0.5"])
    let printer = try #require(IPv4Address("10.0.0.2"))
    #expect {
      try pool.reserve("c", requested: printer)
    } throws: {
      "\($0)".contains("kept for printer")
    }
    for bad in [["a": "10.0.0.1"], ["a": "10.0.1.2"], ["a": "10.0.0.2", "b": "10.0.0.2"]] {
      #expect(throws: NetworkingError.self) { try self.pool(reserved: bad) }
    }
  }

  @Test func whatIsPassedOnIsTheOthersAndComesBackByName() throws {
    var pool = try pool()
    let first = try pool.reserve("a", name: "app")
    pool.passOn(from: "a", to: "side", name: "app")
    #expect(pool.owners == [first: "side"])
    pool.release("a")
    #expect(pool.owners == [first: "side"])
    pool.passOn(from: "side", to: "b", name: "app")
    #expect(try pool.reserve("b", name: "app") == first)
    pool.release("b")
    #expect(try pool.reserve("other", name: "other") != first)
    #expect(try pool.reserve("c", name: "app") == first)
    // Nothing to pass on, or to whom it is already.
    pool.passOn(from: "nobody", to: "c", name: "app")
    pool.passOn(from: "c", to: "c", name: "app")
    #expect(pool.owners[first] == "c")
  }

  @Test func bothFamiliesAreGivenOutTogether() throws {
    let network = Network(key: "n", name: "n", subnet: "10.0.0.0/24")
    var dual = network
    dual.ipv6 = IPAMConfig(subnet: "fd00:1::/64")
    var pools = NetworkPools("n", try NetworkPlan(dual))
    let first = try pools.reserve("a", network: "n")
    #expect(first.ipv4?.description == "10.0.0.2" && first.ipv6?.description == "fd00:1::2")
    let asked = NetworkPools.Place(ipv6: IPv6Address("fd00:1::99"))
    #expect(try pools.reserve("b", network: "n", requested: asked).ipv6 == asked.ipv6)
    #expect(pools.owners == ["a", "b"])
    pools.release("a")
    #expect(try pools.reserve("a", network: "n") == first)
    var single = NetworkPools("n", try NetworkPlan(network))
    #expect {
      try single.reserve("a", network: "n", requested: asked)
    } throws: {
      "\($0)".contains("enable_ipv6")
    }
  }

  @Test func addressesAreGivenOutFromBelowUntilNoneIsLeft() throws {
    var pool = try pool()
    let given = try (1...5).map { try pool.reserve(ContainerID("c\($0)")).description }
    #expect(given == ["10.0.0.2", "10.0.0.3", "10.0.0.4", "10.0.0.5", "10.0.0.6"])
    #expect(throws: NetworkingError.noFreeAddress("net", subnet: "10.0.0.0/29")) { try pool.reserve("c6") }
  }

  @Test func anAddressStaysAndComesBack() throws {
    var pool = try pool()
    let first = try pool.reserve("a")
    #expect(try pool.reserve("a") == first)
    let second = try pool.reserve("b")
    pool.release("a")
    pool.release("b")
    #expect(try pool.reserve("b") == second)
    // Others have it only when there is no other left.
    for name in ["c", "d", "e"] { #expect(try pool.reserve(ContainerID(name)) != first) }
    #expect(try pool.reserve("f") == first)
    #expect(throws: NetworkingError.self) { try pool.reserve("a") }
  }

  /// A container that is made anew has another id and the same name.
  @Test func theNextOfTheNameHasTheAddress() throws {
    var pool = try pool("10.0.0.0/24")
    let first = try pool.reserve("a1", name: "shop-web-1")
    pool.release("a1")
    #expect(try pool.reserve("b1", name: "shop-db-1") != first)
    #expect(try pool.reserve("a2", name: "shop-web-1") == first)
    // Those who do not come back are forgotten in the end.
    for number in 0..<3000 {
      let id = ContainerID("one\(number)")
      _ = try pool.reserve(id, name: "shop-run-\(number)")
      pool.release(id)
    }
    #expect(try pool.reserve("last", name: "shop-new-1") != first)
  }

  @Test func fixedAddressesAreChecked() throws {
    var pool = try pool(range: "10.0.0.4/30")
    let fixed = try #require(IPv4Address("10.0.0.5"))
    #expect(try pool.reserve("a", requested: fixed) == fixed)
    #expect(try pool.reserve("b").description == "10.0.0.4")
    #expect(throws: NetworkingError.addressTaken(network: "net", address: "10.0.0.5", by: "a")) { try pool.reserve("c", requested: fixed) }
    for bad in ["10.0.0.0", "10.0.0.1", "10.0.0.7", "10.0.1.2"] {
      let address = try #require(IPv4Address(bad))
      #expect(throws: NetworkingError.self) { try pool.reserve("c", requested: address) }
    }
    // Outside the range, but inside the subnet, is for those who ask.
    let outside = try #require(IPv4Address("10.0.0.2"))
    #expect(try pool.reserve("b", requested: outside) == outside)
    #expect(pool.owners.count == 2)
  }
}
