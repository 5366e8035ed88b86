public import StackModel

/// A running container as an earlier engine left it.
public struct RestoredContainer: Sendable, Equatable {
  public var id: ContainerID
  public var endpoints: [Endpoint]
  /// With the host's ports filled in, as `publish` returned them.
  public var ports: [PortMapping]
  public var names: EndpointNames?
  public init(id: ContainerID, endpoints: [Endpoint], ports: [PortMapping], names: EndpointNames?) {
    self.id = id
    self.endpoints = endpoints
    self.ports = ports
    self.names = names
  }
}
