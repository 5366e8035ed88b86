import Netlink
import Testing

@Suite struct AddressTests {
  @Test func parsesAndPrintsIPv4() {
    #expect(IPv4Address("172.18.0.2")?.value == 0xAC12_0002)
    #expect(IPv4Address(0x7F00_0001).description == "127.0.0.1")
    for bad in ["", "1.2.3", "1.2.3.4.5", "256.1.1.1", "1.2.3.4 ", "0x7f.1.1.1"] { #expect(IPv4Address(bad) == nil, "\(bad)") }
  }

  @Test func parsesCIDR() {
    #expect(CIDR("fd00::2/64")?.description == "fd00::2/64")
    #expect(CIDR("10.0.0.1/8") == CIDR(.v4(IPv4Address(0x0A00_0001)), prefix: 8))
    for bad in ["10.0.0.1", "10.0.0.1/33", "10.0.0.1/-1", "10.0.0.1/+8", "fd00::/129", "/8", "10.0.0.1/"] {
      #expect(CIDR(bad) == nil, "\(bad)")
    }
  }

  @Test func subnetsContainAndOverlap() throws {
    let wide = try #require(IPv4Subnet("172.16.0.0/12"))
    let narrow = try #require(IPv4Subnet("172.18.5.7/24"))
    #expect(narrow.description == "172.18.5.0/24")
    #expect(narrow.last.description == "172.18.5.255")
    #expect(wide.contains(narrow) && !narrow.contains(wide))
    #expect(wide.overlaps(narrow) && narrow.overlaps(wide))
    #expect(try !narrow.overlaps(#require(IPv4Subnet("172.18.6.0/24"))))
    #expect(try #require(IPv4Subnet("0.0.0.0/0")).overlaps(narrow))
  }

  @Test func parsesPrintsAndCountsIPv6() throws {
    let address = try #require(IPv6Address("fd12:3456::ff"))
    #expect(IPv6Address(address.value + 1).description == "fd12:3456::100")
    #expect(IPAddress("::1") == .v6(IPv6Address(1)) && IPv6Address(bytes: address.bytes) == address)
    let subnet = try #require(IPv6Subnet("fd12:3456::ff/64"))
    #expect(subnet.description == "fd12:3456::/64" && subnet.last.description == "fd12:3456::ffff:ffff:ffff:ffff")
    #expect(try subnet.contains(address) && !subnet.overlaps(#require(IPv6Subnet("fd12:3456:0:1::/64"))))
    #expect(try #require(IPv6Subnet("::/0")).contains(subnet) && IPv6Subnet("10.0.0.0/8") == nil && IPv4Subnet("fd00::/8") == nil)
    for bad in ["", "fd00", "fd00::1::2", "[::1]", "fe80::1%lo", "::g"] { #expect(IPv6Address(bad) == nil, "\(bad)") }
  }

  @Test func hardwareAddresses() {
    #expect(MACAddress(for: IPv4Address(0xAC12_0002)).description == "02:42:ac:12:00:02")
    #expect(MACAddress("02-42-AC-12-00-02") == MACAddress(for: IPv4Address(0xAC12_0002)))
    #expect(MACAddress("01:00:5e:00:00:01")?.isUnicast == false)
    for bad in ["", "02:42:ac:12:00", "02:42:ac:12:00:0g", "2:42:ac:12:00:02", "+2:42:ac:12:00:02"] {
      #expect(MACAddress(bad) == nil, "\(bad)")
    }
  }
}
