import LinuxKit
import Netlink
import StackModel

extension Networking {
  /// Makes a network's bridge and gives it its addresses.
  ///
  /// - Returns: the interface index.
  func addBridge(_ record: NetworkRecord, _ plan: NetworkPlan) throws -> Int32 {
    if plan.ipv4 != nil { try setParameter("net/ipv4/ip_forward", "1") }
    if plan.ipv6 != nil { try forwardIPv6(record.network.name) }
    try route.commit { $0.addBridge(name: record.bridge, mac: MACAddress(for: plan.resolver), mtu: record.network.bridge?.mtu) }
    guard let bridge = try route.link(named: record.bridge) else {
      throw NetworkingError.failed("network \(record.network.name): the bridge \(record.bridge) has gone")
    }
    // Ports published on 127.0.0.1 go over the bridge with a loopback address; the packet filter keeps others from using that.
    if plan.ipv4 != nil { try setParameter("net/ipv4/conf/\(record.bridge)/route_localnet", "1") }
    if plan.ipv6 != nil {
      // What containers send must not change the host's routes (CVE-2020-13401). Nobody else is on the link to have the same addresses: to look
      // for such would keep the bridge from asking who has an address for a second or two.
      for (name, value) in [("accept_ra", "0"), ("accept_redirects", "0"), ("accept_dad", "0"), ("disable_ipv6", "0")] {
        try setParameter("net/ipv6/conf/\(record.bridge)/\(name)", value)
      }
    } else {
      // A kernel without IPv6 has no such parameter.
      try? setParameter("net/ipv6/conf/\(record.bridge)/disable_ipv6", "1")
    }
    try route.commit { batch in
      for own in plan.own { batch.addAddress(own, to: bridge.index) }
      batch.setLink(bridge.index, LinkChange(isUp: true))
    }
    return bridge.index
  }

  /// Has the host forward IPv6. A host that forwards takes no router advertisements unless told so by `accept_ra` 2, and would lose its own
  /// default route: an interface that took them goes on.
  private func forwardIPv6(_ name: NetworkName) throws {
    let parameters = "/proc/sys/net/ipv6/conf"
    guard !names(in: parameters).isEmpty else {
      throw NetworkingError.invalid("network \(name): this machine's kernel speaks no IPv6; remove enable_ipv6")
    }
    if readText(parameters + "/all/forwarding").hasPrefix("1") { return }
    for interface in names(in: parameters) where !["all", "default", "lo"].contains(interface) && !isOwn(interface) {
      let path = parameters + "/" + interface
      guard readText(path + "/accept_ra").hasPrefix("1"), readText(path + "/forwarding").hasPrefix("0") else { continue }
      // It may go at this moment.
      try? setParameter("net/ipv6/conf/\(interface)/accept_ra", "2")
    }
    try setParameter("net/ipv6/conf/all/forwarding", "1")
  }

  private func isOwn(_ interface: String) -> Bool {
    interface.hasPrefix(kernelNames.bridgePrefix) || interface.hasPrefix(kernelNames.vethPrefix)
  }
}
