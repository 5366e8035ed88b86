public import StackModel

/// A running container as an earlier engine left it.
public struct RestoredContainer: Sendable, Equatable {
  public var id: ContainerID
  public var endpoints: [Endpoint]
  /// With the host's ports filled in, as `publish` returned them.
  public var ports: [PortMapping]
  public var names: EndpointNames?
  /// Containers with the same one share ports; nil: it shares none.
  public var group: String?
  public init(id: ContainerID, endpoints: [Endpoint], ports: [PortMapping], names: EndpointNames?, group: String? = nil) {
    self.id = id
    self.endpoints = endpoints
    self.ports = ports
    self.names = names
    self.group = group
  }
}
