import Glibc
import Netlink
import Testing

@Suite struct ConntrackTests {
  /// Those to addresses and a port are forgotten, then those to a port, in both families; the others stay.
  @Test func flowsAreForgotten() throws {
    try inPrivateNetwork {
      _ = try run("ip", "link", "set", "lo", "up")
      _ = try run("nft", "add table inet t; add chain inet t c { type filter hook output priority 0; }; add rule inet t c ct state new")
      var conntrack = try ConntrackSocket()
      let udp = UInt8(IPPROTO_UDP)
      let (here, there) = (try #require(IPAddress("127.0.0.7")), try #require(IPAddress("127.0.0.8")))
      let ours = try #require(IPAddress("::1"))
      for (address, port) in [(here, 53), (here, 53), (here, 54), (there, 53), (ours, 53), (ours, 54)] as [(IPAddress, UInt16)] {
        try send(to: address, port)
      }
      #expect(try flows() == 6)
      try conntrack.forget(transport: UInt8(IPPROTO_TCP), ports: [53])
      #expect(try flows() == 6)
      try conntrack.forget(transport: udp, addresses: [here, ours], ports: [53])
      #expect(try flows() == 3)
      try conntrack.forget(transport: udp, addresses: [there], ports: [54])
      #expect(try flows() == 3)
      try conntrack.forget(transport: udp, ports: [54, 55])
      #expect(try flows() == 1)
      try conntrack.forget(transport: udp, addresses: [there], ports: [53])
      #expect(try flows() == 0)
    }
  }

  private func flows() throws -> Int {
    try #require(Int(try run("cat", "/proc/sys/net/netfilter/nf_conntrack_count").filter(\.isNumber)))
  }

  /// One packet of UDP.
  private func send(to address: IPAddress, _ port: UInt16) throws {
    let socket = socket(Int32(address.family), Int32(SOCK_DGRAM.rawValue), 0)
    defer { close(socket) }
    var place = sockaddr_storage()
    let length = withUnsafeMutableBytes(of: &place) { bytes in
      bytes.storeBytes(of: sa_family_t(address.family), as: sa_family_t.self)
      bytes.storeBytes(of: port.bigEndian, toByteOffset: 2, as: UInt16.self)
      bytes.baseAddress?.advanced(by: address.bytes.count == 4 ? 4 : 8).copyMemory(from: address.bytes, byteCount: address.bytes.count)
      return address.bytes.count == 4 ? MemoryLayout<sockaddr_in>.size : MemoryLayout<sockaddr_in6>.size
    }
    let sent = withUnsafePointer(to: &place) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { sendto(socket, "x", 1, 0, $0, socklen_t(length)) }
    }
    guard sent == 1 else { throw SystemFailure(call: "sendto(2)", errno: errno) }
  }
}
