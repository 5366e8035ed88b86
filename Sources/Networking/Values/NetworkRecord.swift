public import StackModel

/// A network that exists, for the engine to keep.
public struct NetworkRecord: Sendable, Codable, Equatable {
  /// As asked for, with subnet and gateway filled in.
  public var network: Network
  public var project: ProjectName?
  /// The bridge's interface name.
  public var bridge: String
  public init(network: Network, project: ProjectName?, bridge: String) {
    self.network = network
    self.project = project
    self.bridge = bridge
  }
}
