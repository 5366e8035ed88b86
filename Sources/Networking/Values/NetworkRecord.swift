public import StackModel

/// A network that exists, for the engine to keep.
public struct NetworkRecord: Sendable, Codable, Equatable {
  /// As asked for, with subnet and gateway filled in.
  public var network: Network
  public var project: ProjectName?
  /// The bridge's interface name; empty on a network of others (`macvlan`, `ipvlan`).
  public var bridge: String
  /// The host's interface that was made to be its parent, and goes with the last network that has it; nil: it was there, or there is none.
  public var madeParent: String?
  public init(network: Network, project: ProjectName?, bridge: String) {
    self.network = network
    self.project = project
    self.bridge = bridge
  }
}
