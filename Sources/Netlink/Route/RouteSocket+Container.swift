import Glibc

extension RouteSocket {
  /// Brings a link up by name; `lo` in a new network namespace.
  public mutating func bringUp(_ name: String) throws(NetlinkError) {
    try commit { $0.setLink(named: name, LinkChange(isUp: true)) }
  }

  /// Finds the interface with the hardware address `mac`, renames it, gives it addresses and brings it up.
  ///
  /// IPv6 is only spoken on it when one of the addresses is IPv6's.
  /// - Parameter mtu: in bytes; 0 leaves it.
  /// - Throws: `ENODEV` when no interface has the hardware address.
  public mutating func configure(mac: MACAddress, name: String, addresses: [CIDR], mtu: UInt32 = 0) throws(NetlinkError) {
    guard let link = try link(mac: mac) else {
      throw NetlinkError("find the interface with hardware address " + mac.description, errno: ENODEV)
    }
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
}
