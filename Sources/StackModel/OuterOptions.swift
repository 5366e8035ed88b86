/// Why a driver's options are not such options, and what to write.
public struct DriverOptionMistake: Error, Equatable, Sendable {
  /// The option.
  public var option: String
  public var text: String
  public var hint: String
}

extension Network {
  /// As Docker calls it: `bridge`, `macvlan`, `ipvlan`.
  public var driver: String { macvlan != nil ? "macvlan" : ipvlan != nil ? "ipvlan" : "bridge" }

  /// Its containers are on the network of one of the host's interfaces, and not on a bridge of the engine's.
  public var isOuter: Bool { macvlan != nil || ipvlan != nil }

  /// The host's interface whose network it is; nil: that of a bridge, or none, where its containers reach each other only.
  public var parent: String? { macvlan?.parent ?? ipvlan?.parent }

  /// Whether there is a way out of it.
  public var leadsOut: Bool { !isInternal && (!isOuter || parent != nil) }

  /// Everything without a route of its own leaves by the interface as it is, without a gateway: in `ipvlan_mode` `l3` and `l3s` the host's own
  /// routes decide.
  public var isRouted: Bool { ipvlan.map { $0.effectiveMode != .l2 } ?? false }

  /// An address of each subnet is a gateway's, also when nobody has said which. Docker keeps none where none is used.
  public var keepsGateways: Bool { !isOuter || leadsOut && !isRouted }

  /// Takes the options of a driver that is not a bridge; false: there is no such driver.
  public mutating func takeOuter(driver: String?, _ options: [String: String]) throws(DriverOptionMistake) -> Bool {
    switch driver {
    case "macvlan": macvlan = try MacvlanOptions(options)
    case "ipvlan": ipvlan = try IpvlanOptions(options)
    default: return false
    }
    return true
  }

  /// Its subnets must be said: they are those of the network that its parent is on, which nobody else knows.
  public var needsSubnet: Bool { parent != nil && !isRouted }

  /// The subnets of one family beside the first.
  public func furtherSubnets(ofIPv6 isIPv6: Bool) -> [IPAMConfig] {
    (furtherSubnets ?? []).filter { $0.isIPv6 == isIPv6 }
  }
}

extension IPAMConfig {
  /// What it says is of IPv6.
  public var isIPv6: Bool { [subnet, gateway, range].contains { $0?.contains(":") == true } }
}
