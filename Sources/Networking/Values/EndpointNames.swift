public import StackModel

/// The names that lead to one container, and what it may ask for.
public struct EndpointNames: Sendable, Codable, Equatable {
  public var container: ContainerID
  /// Its places, which give the addresses and say who may ask.
  public var endpoints: [Endpoint]
  /// The container's name: `shop-web-1`. It and the short id are answered on every network of the container.
  public var name: String
  /// The service's name, shared with the service's other containers.
  public var service: ServiceName?
  /// The stack it belongs to, whose names mean its own containers before others of a shared network; nil: none.
  public var project: ProjectName?
  /// Further names on single networks.
  public var aliases: [NetworkName: [String]]
  /// Names that only this container knows: an alias, and the service or container it means.
  public var links: [String: String]
  /// False while the container should get no new connections (unhealthy): the service's name leads to it only if no other container is ready.
  public var isReady: Bool
  /// `dns`: asked instead of the host's resolvers; empty: the host's.
  public var resolvers: [String]
  public init(
    container: ContainerID, endpoints: [Endpoint], name: String, service: ServiceName? = nil, project: ProjectName? = nil,
    aliases: [NetworkName: [String]] = [:], links: [String: String] = [:], isReady: Bool = true, resolvers: [String] = []
  ) {
    self.container = container
    self.endpoints = endpoints
    self.name = name
    self.service = service
    self.project = project
    self.aliases = aliases
    self.links = links
    self.isReady = isReady
    self.resolvers = resolvers
  }
}
