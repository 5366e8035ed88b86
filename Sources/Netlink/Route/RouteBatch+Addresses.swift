import Glibc

extension RouteBatch {
  /// Gives a link an address. The broadcast address is the subnet's last; IPv6 waits for no duplicate detection.
  public mutating func addAddress(_ address: CIDR, to index: Int32) {
    message(
      "add address " + address.description, type: RouteMessage.newAddress, flags: HeaderFlags.create | HeaderFlags.exclusive
    ) { writer in
      writer.addressHeader(address, index: index)
      if case .v4(let own) = address.address, address.prefix < 31, let subnet = IPv4Subnet(own, prefix: address.prefix) {
        writer.attribute(AddressAttribute.broadcast, bytes: subnet.last.bytes)
      }
      if case .v6 = address.address { writer.attribute(AddressAttribute.flags, AddressAttribute.noDuplicateDetection) }
    }
  }

  public mutating func deleteAddress(_ address: CIDR, from index: Int32) {
    message("delete address " + address.description, type: RouteMessage.deleteAddress) { $0.addressHeader(address, index: index) }
  }

  /// Sends everything without a route of its own to `gateway`, which must be on a subnet of an interface that is up.
  public mutating func addDefaultRoute(gateway: IPAddress) {
    message(
      "add default route via " + gateway.description, type: RouteMessage.newRoute, flags: HeaderFlags.create | HeaderFlags.exclusive
    ) { $0.defaultRoute(gateway) }
  }

  /// The same in place of another default route, where there is one.
  public mutating func replaceDefaultRoute(gateway: IPAddress) {
    message(
      "replace default route via " + gateway.description, type: RouteMessage.newRoute, flags: HeaderFlags.create | HeaderFlags.replace
    ) { $0.defaultRoute(gateway) }
  }

  public mutating func deleteDefaultRoute(gateway: IPAddress) {
    message("delete default route via " + gateway.description, type: RouteMessage.deleteRoute) { $0.defaultRoute(gateway) }
  }

  /// Sends everything of a family without a route of its own out by an interface that is up, without a gateway; in place of another default route,
  /// where there is one and `replaces` says so.
  public mutating func addDefaultRoute(link index: Int32, isIPv6: Bool, replaces: Bool = false) {
    message(
      (replaces ? "replace" : "add") + " default route by link " + String(index), type: RouteMessage.newRoute,
      flags: HeaderFlags.create | (replaces ? HeaderFlags.replace : HeaderFlags.exclusive)
    ) { $0.defaultRoute(link: index, isIPv6: isIPv6) }
  }

  public mutating func deleteDefaultRoute(link index: Int32, isIPv6: Bool) {
    message("delete default route by link " + String(index), type: RouteMessage.deleteRoute) {
      $0.defaultRoute(link: index, isIPv6: isIPv6)
    }
  }
}

extension MessageWriter {
  /// `struct rtmsg` and the gateway.
  fileprivate mutating func defaultRoute(_ gateway: IPAddress) {
    routeHeader(gateway.family, scope: 0)
    attribute(RouteAttribute.gateway, bytes: gateway.bytes)
  }

  /// `struct rtmsg` and the interface. IPv6 knows no scopes.
  fileprivate mutating func defaultRoute(link index: Int32, isIPv6: Bool) {
    routeHeader(UInt8(isIPv6 ? AF_INET6 : AF_INET), scope: isIPv6 ? 0 : RouteAttribute.linkScope)
    attribute(RouteAttribute.outgoing, index)
  }

  private mutating func routeHeader(_ family: UInt8, scope: UInt8) {
    // family, destination and source length, tos, table, protocol, scope, type, flags
    for byte in [family, 0, 0, 0, RouteAttribute.mainTable, RouteAttribute.bootProtocol, scope, RouteAttribute.unicast] {
      integer(byte)
    }
    integer(UInt32(0))
  }

  /// `struct ifaddrmsg` and the address.
  fileprivate mutating func addressHeader(_ address: CIDR, index: Int32) {
    integer(address.address.family)
    integer(UInt8(address.prefix))
    integer(UInt8(0))  // flags
    integer(UInt8(0))  // scope: universe
    integer(index)
    attribute(AddressAttribute.local, bytes: address.address.bytes)
    attribute(AddressAttribute.address, bytes: address.address.bytes)
  }
}
