import Glibc
import Netlink
import Testing

@Suite struct RouteSocketTests {
  @Test func configuresAnInterfaceByTheNameThatItCameWith() throws {
    let inside = try newNetworkNamespace()
    defer { close(inside) }
    try inPrivateNetwork {
      let mac = try #require(MACAddress("02:42:ac:1e:00:02"))
      let bridgeMAC = try #require(MACAddress("02:42:ac:1e:00:01"))
      var host = try RouteSocket()
      try host.commit { $0.addBridge(name: "mu-test", mac: bridgeMAC) }
      let bridge = try #require(try host.link(named: "mu-test"))
      #expect(bridge.kind == "bridge" && bridge.mac == bridgeMAC && !bridge.isUp)
      let gateway = try #require(CIDR("172.30.0.1/24"))
      try host.commit {
        $0.addAddress(gateway, to: bridge.index)
        $0.setLink(bridge.index, LinkChange(isUp: true, hasNoIPv6Addresses: true))
        $0.addVeth(name: "mv-test", master: bridge.index, peer: .descriptor(inside), peerName: "mc-test", peerMAC: mac, mtu: 1400)
      }
      let port = try #require(try host.link(named: "mv-test"))
      #expect(port.master == bridge.index && port.isUp && port.mtu == 1400 && port.kind == "veth")

      try inNamespace(inside) {
        var socket = try RouteSocket()
        try socket.bringUp("lo")
        let address = try #require(CIDR("172.30.0.2/24"))
        try socket.configure("mc-test", name: "eth0", addresses: [address], mtu: 1300)
        try socket.addDefaultRoute(gateway: gateway.address)
        let link = try #require(try socket.link(named: "eth0"))
        #expect(link.isUp && link.mac == mac && link.mtu == 1300)
        // Only the address asked for: no IPv6 of the kernel's own accord.
        #expect(try socket.addresses().filter { $0.index == link.index }.map(\.address) == [address])
        #expect(try socket.routes().contains { $0.destination == nil && $0.gateway == gateway.address && $0.index == link.index })
        #expect(try socket.link(named: "lo")?.isUp == true)
      }
      #expect(try host.addresses().filter { $0.index == bridge.index }.map(\.address) == [gateway])

      try host.commit { $0.deleteLink(named: "mv-test") }
      try host.commit { $0.deleteLink(bridge.index) }
      #expect(try host.links().map(\.name).contains { $0.hasPrefix("m") } == false)
    }
  }

  @Test func saysWhatTheKernelRefused() throws {
    try inPrivateNetwork {
      var socket = try RouteSocket()
      let mac = try #require(MACAddress("02:42:ac:1e:00:01"))
      try socket.commit { $0.addBridge(name: "mu-test", mac: mac) }
      #expect {
        try socket.commit { $0.addBridge(name: "mu-test", mac: mac) }
      } throws: { ($0 as? NetlinkError)?.errno == EEXIST && ($0 as? NetlinkError)?.operation == "add bridge mu-test" }
      #expect {
        try socket.configure("mc-absent", name: "eth0", addresses: [])
      } throws: { ($0 as? NetlinkError)?.errno == ENODEV }
      #expect {
        try socket.addDefaultRoute(gateway: #require(IPAddress("10.9.9.9")))
      } throws: { ($0 as? NetlinkError)?.detail != nil }
    }
  }

  /// Nothing is made by the question.
  @Test func saysWhetherTheKernelKnowsAKind() throws {
    try inPrivateNetwork {
      var socket = try RouteSocket()
      let before = try socket.links()
      #expect(try !socket.knows(kind: "nothing"))
      // Of these nobody can say what the kernel has; it answers.
      for kind in ["macvlan", "ipvlan", "vlan", "dummy"] { _ = try socket.knows(kind: kind) }
      #expect(try socket.links() == before)
    }
  }

  @Test func leadsEverythingOutByAnInterface() throws {
    try inPrivateNetwork {
      var socket = try RouteSocket()
      let mac = try #require(MACAddress("02:42:ac:1e:00:01"))
      try socket.commit { $0.addBridge(name: "mu-test", mac: mac) }
      let bridge = try #require(try socket.link(named: "mu-test"))
      let (own, gateway) = (try #require(CIDR("172.30.0.1/24")), try #require(IPAddress("172.30.0.9")))
      try socket.commit {
        $0.addAddress(own, to: bridge.index)
        $0.setLink(bridge.index, LinkChange(isUp: true))
      }
      func ways() throws -> [Route] { try socket.routes().filter { $0.destination == nil } }
      try socket.addDefaultRoute(interface: "mu-test", isIPv6: false)
      #expect(try ways().map(\.gateway) == [nil] && ways().map(\.index) == [bridge.index])
      try socket.commit { $0.replaceDefaultRoute(gateway: gateway) }
      #expect(try ways().map(\.gateway) == [gateway])
      try socket.commit { $0.addDefaultRoute(link: bridge.index, isIPv6: false, replaces: true) }
      #expect(try ways().map(\.gateway) == [nil])
      try socket.commit { $0.deleteDefaultRoute(link: bridge.index, isIPv6: false) }
      #expect(try ways().isEmpty)
      #expect {
        try socket.addDefaultRoute(interface: "absent", isIPv6: true)
      } throws: { ($0 as? NetlinkError)?.errno == ENODEV }
    }
  }

  @Test func aFailureInABatchDoesNotConfuseTheNext() throws {
    try inPrivateNetwork {
      var socket = try RouteSocket()
      #expect(throws: NetlinkError.self) {
        try socket.commit {
          $0.deleteLink(named: "absent")
          $0.setLink(named: "lo", LinkChange(isUp: true))
        }
      }
      #expect(try socket.link(named: "lo")?.isUp == true)
      try socket.commit { $0.setLink(named: "lo", LinkChange(isUp: false)) }
      #expect(try socket.link(named: "lo")?.isUp == false)
    }
  }
}
