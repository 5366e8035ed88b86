/// What a port's entry says beyond its ``PortMapping``.
public struct PortRequest: Sendable, Codable, Equatable {
  public enum Mode: String, Sendable, Codable, CaseIterable { case host, ingress }
  public var target: UInt16
  public var transport: String
  /// The address of the host.
  public var hostAddress: String?
  /// One of these host ports shall be taken: `8000-9000:80`.
  public var published: ClosedRange<UInt16>?
  /// Only describes the port.
  public var name: String?
  /// Only describes the port: `http`, `grpc`.
  public var appProtocol: String?
  public var mode: Mode?
  public init(target: UInt16, transport: String = "tcp") {
    self.target = target
    self.transport = transport
  }
}

/// What a service's `networks.x` says beyond its ``Attachment``.
public struct AttachmentRequest: Sendable, Codable, Equatable {
  /// `driver_opts`.
  public var driverOptions: [String: String] = [:]
  public init() {}

  /// Nothing is asked for.
  public var isEmpty: Bool { self == AttachmentRequest() }
}

/// `external_links`: a container of another project under a name.
public struct ExternalLink: Sendable, Codable, Equatable {
  public var container: String
  public var alias: String
  public init(container: String, alias: String) {
    self.container = container
    self.alias = alias
  }
}

/// What a network's definition says beyond ``Network``.
public struct NetworkRequests: Sendable, Codable, Equatable {
  /// A driver that is not `bridge`.
  public var driver: String?
  /// `driver_opts`.
  public var driverOptions: [String: String]?
  public var isAttachable: Bool?
  /// `ipam.driver`, when it is not the default.
  public var addressDriver: String?
  /// `ipam.options`.
  public var addressOptions: [String: String]?
  /// What of `ipam.config` the network does not have: further subnets, and those of a family that it does not speak.
  public var pools: [IPAMConfig]?
  public init() {}

  /// Nothing is asked for.
  public var isEmpty: Bool { self == NetworkRequests() }
}

/// One entry of `ipam.config`.
public struct IPAMConfig: Sendable, Codable, Equatable {
  /// In CIDR notation, IPv4 or IPv6.
  public var subnet: String?
  public var range: String?
  public var gateway: String?
  /// `aux_addresses`: addresses that are taken, by what has them.
  public var reserved: [String: String]
  public init(subnet: String? = nil, range: String? = nil, gateway: String? = nil, reserved: [String: String] = [:]) {
    self.subnet = subnet
    self.range = range
    self.gateway = gateway
    self.reserved = reserved
  }
}
