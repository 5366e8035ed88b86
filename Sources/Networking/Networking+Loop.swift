import Glibc
import LinuxKit
import Netlink
import StackModel

extension Networking {
  /// Whether the host's own rules decide about a port: as its stack says, or else the engine.
  func isFiltered(_ held: HeldMapping) -> Bool { (held.mapping.firewall ?? configuration.portsFirewall) == .host }

  /// Makes the way for ports behind the host's own rules, when one is among these.
  ///
  /// - Throws: when this kernel cannot do it.
  func openLoop(for held: [HeldMapping]) throws {
    guard held.contains(where: isFiltered) else { return }
    let loop = try loop()
    guard firewall.state.loop != loop else { return }
    do { try firewall.change { $0.loop = loop } } catch {
      closeLoop()
      throw NetworkingError.failed(
        "ports: this kernel cannot put published ports behind the host's own rules (nft_dup_ipv4, nft_dup_ipv6): \(error); use ports_firewall: bypass"
      )
    }
  }

  /// The pair of interfaces, made when it is not there.
  func loop() throws -> FirewallState.Loop {
    let (near, far) = kernelNames.loop
    if let index = firewall.state.loop?.near, let link = try route.link(named: near), link.index == index, link.isUp {
      return FirewallState.Loop(near: index, far: far)
    }
    closeLoop()
    // What is the same at both ends needs no asking; and whole datagrams must go through that were fragments.
    guard let mac = MACAddress("02:4d:55:00:00:01") else { throw NetworkingError.failed("ports: no hardware address") }
    try route.commit { $0.addLoop(name: near, other: far, mac: mac, mtu: 65_535) }
    do {
      // A sender is looked for among all routes, not only those by this interface (RFC 3704, 2.4), which takes an address of its own.
      try setParameter("net/ipv4/conf/\(far)/rp_filter", "2")
      for name in [near, far] {
        for (parameter, value) in [("accept_ra", "0"), ("disable_ipv6", "0")] {
          // A kernel without IPv6 has no such parameter.
          try? setParameter("net/ipv6/conf/\(name)/\(parameter)", value)
        }
      }
      guard let link = try route.link(named: near), let other = try route.link(named: far), let address = CIDR("169.254.77.85/32") else {
        throw NetworkingError.failed("ports: the interface \(near) has gone")
      }
      try route.commit { batch in
        batch.addAddress(address, to: other.index)
        for index in [link.index, other.index] { batch.setLink(index, LinkChange(isUp: true, asksNoNeighbours: true)) }
      }
      return FirewallState.Loop(near: link.index, far: far)
    } catch {
      closeLoop()
      throw error
    }
  }

  /// Takes the pair of interfaces away; none is no error.
  func closeLoop() {
    // The kernel says this at once, and takes a deletion only when it has done with others.
    guard if_nametoindex(kernelNames.loop.near) != 0 else { return }
    try? route.commit { $0.deleteLink(named: kernelNames.loop.near) }
  }
}
