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

extension ContainerSpec {
  /// Its own labels, and those by which Compose's tools know what belongs to a stack.
  public var shownLabels: [String: String] {
    // One of no stack.
    guard !project.rawValue.isEmpty else { return options.labels }
    return options.labels.merging([
      "com.docker.compose.project": project.rawValue, "com.docker.compose.service": service.rawValue,
      "com.docker.compose.container-number": String(number), "com.docker.compose.oneoff": isOneOff ? "True" : "False",
    ]) { $1 }
  }
}
