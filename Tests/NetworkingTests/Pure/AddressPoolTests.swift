import Netlink
import StackModel
import Testing

@testable import Networking

@Suite struct AddressPoolTests {
  private func pool(_ subnet: String = "10.0.0.0/29", gateway: String = "10.0.0.1", range: String? = nil) throws -> AddressPool {
    let whole = try #require(IPv4Subnet(subnet))
    return AddressPool(
      "net", subnet: whole, gateway: try #require(IPv4Address(gateway)), range: try range.map { try #require(IPv4Subnet($0)) } ?? whole)
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
    // Unless somebody else has it.
    #expect(try pool.reserve("c") == first)
    #expect(try pool.reserve("a") != first)
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
