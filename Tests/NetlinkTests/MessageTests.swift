import Testing

@testable import Netlink

/// What goes to the kernel for interfaces on others' networks, a word of four bytes each (on machines that have the low byte first).
@Suite struct MessageTests {
  /// Without the header, whose sequence number is the socket's.
  private func words(_ build: (inout RouteBatch) -> Void) -> [String] {
    var batch = RouteBatch(MessageWriter())
    build(&batch)
    let bytes = batch.writer.bytes
    return stride(from: 16, to: bytes.count, by: 4).map { start in
      bytes[start..<start + 4].map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    }
  }

  /// `struct ifinfomsg` of an interface that is to be made.
  private let newLink = ["00000000", "00000000", "00000000", "00000000"]

  @Test func anIpvlanIsMadeWithItsParentsNumberAndNoHardwareAddress() {
    let words = words { $0.addIpvlan(name: "mc-1", parent: 7, mode: .l3s, flag: .vepa, in: .process(258)) }
    #expect(
      words == newLink + [
        "09000300", "6d632d31", "00000000",  // IFLA_IFNAME "mc-1"
        "08000500", "07000000",  // IFLA_LINK 7
        "08001300", "02010000",  // IFLA_NET_NS_PID 258
        "24001280",  // IFLA_LINKINFO
        "0b000100", "6970766c", "616e0000",  // IFLA_INFO_KIND "ipvlan"
        "14000280",  // IFLA_INFO_DATA
        "06000100", "02000000",  // IFLA_IPVLAN_MODE: IPVLAN_MODE_L3S
        "06000200", "02000000",  // IFLA_IPVLAN_FLAGS: IPVLAN_F_VEPA
      ], "\(words)")
  }

  @Test func modesAndFlagsAreTheKernels() {
    #expect([IpvlanMode.l2, .l3, .l3s].map(\.rawValue) == [0, 1, 2])
    #expect([IpvlanFlag.bridge, .isPrivate, .vepa].map(\.rawValue) == [0, 1, 2])
  }

  @Test func aMacvlanHasAHardwareAddressOfItsOwn() throws {
    let mac = try #require(MACAddress("02:42:ac:12:00:02"))
    let words = words { $0.addMacvlan(name: "mc-1", parent: 7, mode: 4, mac: mac, in: .descriptor(9)) }
    #expect(
      words == newLink + [
        "09000300", "6d632d31", "00000000", "0a000100", "0242ac12", "00020000",  // IFLA_ADDRESS
        "08000500", "07000000", "08001c00", "09000000",  // IFLA_NET_NS_FD 9
        "1c001280", "0c000100", "6d616376", "6c616e00", "0c000280", "08000100", "04000000",  // MACVLAN_MODE_BRIDGE
      ], "\(words)")
  }

  @Test func aVLANHasItsNumber() {
    let words = words { $0.addVLAN(name: "eth0.50", parent: 2, id: 50) }
    #expect(
      words == newLink + [
        "0c000300", "65746830", "2e353000", "08000500", "02000000", "1c001280", "09000100", "766c616e", "00000000", "0c000280",
        "06000100", "32000000",  // IFLA_VLAN_ID 50
      ], "\(words)")
  }

  @Test func aDefaultRouteByAnInterfaceHasNoGateway() {
    // family, lengths, tos; table main, protocol boot, scope link, type unicast; flags; RTA_OIF
    #expect(
      words { $0.addDefaultRoute(link: 3, isIPv6: false) } == ["02000000", "fe03fd01", "00000000", "08000400", "03000000"])
    #expect(
      words { $0.addDefaultRoute(link: 3, isIPv6: true) } == ["0a000000", "fe030001", "00000000", "08000400", "03000000"])
  }
}
