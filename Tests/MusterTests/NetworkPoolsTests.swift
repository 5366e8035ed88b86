import Backend
import Testing

@testable import muster

/// `network create --subnet … --gateway …`
@Suite struct NetworkPoolsTests {
  @Test func whatIsSaidBelongsToTheSubnetThatItIsIn() throws {
    let pools = try NetworkPools(
      subnets: ["10.1.0.0/16", "10.2.0.0/16", "fd00:1::/64"], ranges: ["10.2.5.0/24", "fd00:1::100/120"],
      gateways: ["10.2.0.254", "10.1.0.254"], others: ["printer": "10.2.0.7"]
    ).list
    #expect(pools.map(\.gateway) == ["10.1.0.254", "10.2.0.254", nil])
    #expect(pools.map(\.range) == [nil, "10.2.5.0/24", "fd00:1::100/120"])
    #expect(pools.map(\.reserved) == [nil, ["printer": "10.2.0.7"], nil])
  }

  @Test func whatIsInNoneIsToldByName() {
    for gateway in ["10.3.0.1", "fd00::1", "here"] {
      #expect(throws: (any Error).self) {
        try NetworkPools(subnets: ["10.1.0.0/16", "10.2.0.0/16"], ranges: [], gateways: [gateway], others: [:])
      }
    }
    #expect(throws: (any Error).self) {
      try NetworkPools(subnets: ["10.1.0.0/16", "10.2.0.0/16"], ranges: [], gateways: ["10.2.0.1", "10.2.0.2"], others: [:])
    }
  }
}
