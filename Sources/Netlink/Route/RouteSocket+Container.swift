import Glibc

extension RouteSocket {
  /// Brings a link up by name; `lo` in a new network namespace.
  public mutating func bringUp(_ name: String) throws(NetlinkError) {
    try commit { $0.setLink(named: name, LinkChange(isUp: true)) }
  }

  /// Gives the interface that came as `origin` its name and its addresses, and brings it up.
  ///
  /// IPv6 is only spoken on it when one of the addresses is IPv6's.
  /// - Parameter mtu: in bytes; 0 leaves it.
  /// - Throws: `ENODEV` when no interface has come by that name.
  public mutating func configure(_ origin: String, name: String, addresses: [CIDR], mtu: UInt32 = 0) throws(NetlinkError) {
    guard let link = try link(named: origin) else { throw NetlinkError("find the interface " + origin, errno: ENODEV) }
    let speaksIPv6 = addresses.contains { if case .v6 = $0.address { true } else { false } }
    try commit { batch in
      batch.setLink(
        link.index,
        LinkChange(name: link.name == name ? nil : name, mtu: mtu == 0 ? nil : mtu, hasNoIPv6Addresses: !speaksIPv6))
      for address in addresses { batch.addAddress(address, to: link.index) }
      batch.setLink(link.index, LinkChange(isUp: true))
    }
  }

  /// Sends everything without a route of its own to `gateway`.
  public mutating func addDefaultRoute(gateway: IPAddress) throws(NetlinkError) {
    try commit { $0.addDefaultRoute(gateway: gateway) }
  }

  /// Sends everything of a family without a route of its own out by an interface.
  public mutating func addDefaultRoute(interface: String, isIPv6: Bool) throws(NetlinkError) {
    guard let link = try link(named: interface) else { throw NetlinkError("find the interface " + interface, errno: ENODEV) }
    try commit { $0.addDefaultRoute(link: link.index, isIPv6: isIPv6) }
  }
}
