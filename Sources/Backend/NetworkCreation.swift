/// A network that is to be made, in the words of Docker's API (`POST /networks/create`).
public struct NetworkCreation: Sendable, Codable, Equatable {
  public var name: String
  public var driver: String?
  public var scope: String?
  public var isInternal: Bool?
  public var isAttachable: Bool?
  public var isIngress: Bool?
  public var isOnlyConfiguration: Bool?
  public var hasIPv4: Bool?
  public var hasIPv6: Bool?
  public var addresses: NetworkAddresses?
  public var options: [String: String]?
  public var labels: [String: String]?
  public init(name: String) { self.name = name }

  enum CodingKeys: String, CodingKey {
    case name = "Name"
    case driver = "Driver"
    case scope = "Scope"
    case isInternal = "Internal"
    case isAttachable = "Attachable"
    case isIngress = "Ingress"
    case isOnlyConfiguration = "ConfigOnly"
    case hasIPv4 = "EnableIPv4"
    case hasIPv6 = "EnableIPv6"
    case addresses = "IPAM"
    case options = "Options"
    case labels = "Labels"
  }
}

/// Docker's `POST /networks/{id}/connect`, and with the container alone `/disconnect`.
public struct NetworkConnection: Sendable, Codable, Equatable {
  /// Name or the beginning of its id.
  public var container: String
  public var place: Place?
  /// Of `disconnect`; there is nothing here that would need it.
  public var isForced: Bool?
  public init(container: String, place: Place? = nil) {
    self.container = container
    self.place = place
  }

  /// Docker's `EndpointSettings`, as far as it is asked for.
  public struct Place: Sendable, Codable, Equatable {
    public var aliases: [String]?
    /// `CONTAINER` or `CONTAINER:ALIAS`.
    public var links: [String]?
    public var mac: String?
    public var options: [String: String]?
    public var gatewayPriority: Int?
    public var addresses: Addresses?
    public init() {}

    enum CodingKeys: String, CodingKey {
      case aliases = "Aliases"
      case links = "Links"
      case mac = "MacAddress"
      case options = "DriverOpts"
      case gatewayPriority = "GwPriority"
      case addresses = "IPAMConfig"
    }
  }

  public struct Addresses: Sendable, Codable, Equatable {
    public var ipv4: String?
    public var ipv6: String?
    public var linkLocal: [String]?
    public init(ipv4: String? = nil, ipv6: String? = nil, linkLocal: [String]? = nil) {
      self.ipv4 = ipv4
      self.ipv6 = ipv6
      self.linkLocal = linkLocal
    }

    enum CodingKeys: String, CodingKey {
      case ipv4 = "IPv4Address"
      case ipv6 = "IPv6Address"
      case linkLocal = "LinkLocalIPs"
    }
  }

  enum CodingKeys: String, CodingKey {
    case container = "Container"
    case place = "EndpointConfig"
    case isForced = "Force"
  }
}
