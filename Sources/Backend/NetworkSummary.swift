/// A network in the words of Docker's API.
public struct NetworkSummary: Sendable, Codable, Equatable {
  public var name: String
  /// 64 hexadecimal digits.
  public var id: String
  /// RFC 3339; empty when it is not known.
  public var created: String
  public var scope = "local"
  public var driver = "bridge"
  public var hasIPv4: Bool
  public var hasIPv6: Bool
  public var addresses: NetworkAddresses
  public var isInternal: Bool
  public var isAttachable = false
  public var isIngress = false
  /// Those that run, by id.
  public var containers: [String: NetworkMember]
  public var options: [String: String]
  public var labels: [String: String]

  public init(
    name: String, id: String, created: String, hasIPv4: Bool, hasIPv6: Bool, addresses: NetworkAddresses, isInternal: Bool,
    containers: [String: NetworkMember] = [:], options: [String: String] = [:], labels: [String: String] = [:]
  ) {
    self.name = name
    self.id = id
    self.created = created
    self.hasIPv4 = hasIPv4
    self.hasIPv6 = hasIPv6
    self.addresses = addresses
    self.isInternal = isInternal
    self.containers = containers
    self.options = options
    self.labels = labels
  }

  enum CodingKeys: String, CodingKey {
    case name = "Name"
    case id = "Id"
    case created = "Created"
    case scope = "Scope"
    case driver = "Driver"
    case hasIPv4 = "EnableIPv4"
    case hasIPv6 = "EnableIPv6"
    case addresses = "IPAM"
    case isInternal = "Internal"
    case isAttachable = "Attachable"
    case isIngress = "Ingress"
    case containers = "Containers"
    case options = "Options"
    case labels = "Labels"
  }
}

/// A network's subnets, in the words of Docker's API.
public struct NetworkAddresses: Sendable, Codable, Equatable {
  public struct Pool: Sendable, Codable, Equatable {
    public var subnet: String?
    public var range: String?
    public var gateway: String?
    public var reserved: [String: String]?
    public init(subnet: String? = nil, range: String? = nil, gateway: String? = nil, reserved: [String: String]? = nil) {
      self.subnet = subnet
      self.range = range
      self.gateway = gateway
      self.reserved = reserved
    }

    enum CodingKeys: String, CodingKey {
      case subnet = "Subnet"
      case range = "IPRange"
      case gateway = "Gateway"
      case reserved = "AuxiliaryAddresses"
    }
  }
  public var driver: String?
  public var options: [String: String]?
  public var pools: [Pool]?
  public init(driver: String? = "default", options: [String: String]? = nil, pools: [Pool] = []) {
    self.driver = driver
    self.options = options
    self.pools = pools
  }

  enum CodingKeys: String, CodingKey {
    case driver = "Driver"
    case options = "Options"
    case pools = "Config"
  }
}

/// A running container's place on a network, in the words of Docker's API.
public struct NetworkMember: Sendable, Codable, Equatable {
  public var name: String
  public var endpoint: String
  public var mac: String
  /// `172.18.0.2/20`; empty without IPv4.
  public var ipv4: String
  public var ipv6: String
  public init(name: String, endpoint: String, mac: String, ipv4: String, ipv6: String) {
    self.name = name
    self.endpoint = endpoint
    self.mac = mac
    self.ipv4 = ipv4
    self.ipv6 = ipv6
  }

  enum CodingKeys: String, CodingKey {
    case name = "Name"
    case endpoint = "EndpointID"
    case mac = "MacAddress"
    case ipv4 = "IPv4Address"
    case ipv6 = "IPv6Address"
  }
}
