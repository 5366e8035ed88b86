/// One container as it shall be: a replica of a service, or a one-off of `run`. Backend-neutral; kept with the container, compared field by field.
public struct ContainerSpec: Sendable, Codable, Equatable {
  public var project: ProjectName
  public var service: ServiceName
  /// From 1 upwards among the service's replicas; counted apart for one-offs.
  public var number: Int
  /// Made by `run`.
  public var isOneOff: Bool
  /// `shop-web-1`, or `container_name`.
  public var name: String
  public var image: String
  public var options: ContainerOptions
  public init(
    project: ProjectName, service: ServiceName, number: Int = 1, isOneOff: Bool = false, name: String, image: String,
    options: ContainerOptions = ContainerOptions()
  ) {
    self.project = project
    self.service = service
    self.number = number
    self.isOneOff = isOneOff
    self.name = name
    self.image = image
    self.options = options
  }
}
