/// One of a stack's networks.
public struct Network: Sendable, Codable, Equatable {
  /// The key in the stack file.
  public var key: String
  /// The full name.
  public var name: NetworkName
  /// `external`: must exist, is never made nor removed.
  public var isExternal: Bool
  /// `internal`: no way out of the machine.
  public var isInternal: Bool
  /// `ipam.config[0].subnet` in CIDR notation; nil: chosen by the engine.
  public var subnet: String?
  public var gateway: String?
  /// `ip_range`: addresses are given out of this part.
  public var range: String?
  /// `aux_addresses`: addresses that are no container's, by what has them; nil: none.
  public var reserved: [String: String]?
  /// `enable_ipv6`: its IPv6 addresses, of which the engine chooses what is not said; nil: the network has no IPv6.
  public var ipv6: IPAMConfig?
  /// `enable_ipv4: false`; nil: it has IPv4.
  public var hasNoIPv4: Bool?
  public var labels: [String: String]
  /// `driver_opts`; nil: none.
  public var bridge: BridgeOptions?
  /// Driver `macvlan`; nil: it is another.
  public var macvlan: MacvlanOptions?
  /// Driver `ipvlan`; nil: it is another.
  public var ipvlan: IpvlanOptions?
  /// Subnets beside the first of each family, of either; nil: none. A bridge has none.
  public var furtherSubnets: [IPAMConfig]?
  /// What is asked for and not carried out; nil: nothing.
  public var requests: NetworkRequests?
  public init(
    key: String, name: NetworkName, isExternal: Bool = false, isInternal: Bool = false, subnet: String? = nil,
    gateway: String? = nil, range: String? = nil, labels: [String: String] = [:], requests: NetworkRequests? = nil
  ) {
    self.key = key
    self.name = name
    self.isExternal = isExternal
    self.isInternal = isInternal
    self.subnet = subnet
    self.gateway = gateway
    self.range = range
    self.labels = labels
    self.requests = requests
  }
}

/// One of a stack's named volumes.
public struct Volume: Sendable, Codable, Equatable {
  /// The key in the stack file.
  public var key: String
  /// The full name.
  public var name: VolumeName
  public var isExternal: Bool
  public var labels: [String: String]
  /// `x-muster.protect`: it is not removed while the stack says so; nil: it may be.
  public var isProtected: Bool?
  /// `driver_opts`: what is mounted as the volume; nil: it is a directory of the engine's.
  public var mount: VolumeMount?
  /// What is asked for and not carried out; nil: nothing.
  public var requests: VolumeRequests?
  public init(
    key: String, name: VolumeName, isExternal: Bool = false, labels: [String: String] = [:], mount: VolumeMount? = nil,
    requests: VolumeRequests? = nil
  ) {
    self.key = key
    self.name = name
    self.isExternal = isExternal
    self.labels = labels
    self.mount = mount
    self.requests = requests
  }
}
