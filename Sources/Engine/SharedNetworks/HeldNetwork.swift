import Networking
import Reconciler
import StackModel

/// The network of a container that has ended, which one that is still in its network namespace keeps for it and for whoever takes its place.
struct HeldNetwork: Sendable, Codable, Equatable {
  /// The container that has ended.
  var owner: ContainerID
  /// Its name, which its successor has too.
  var name: String
  /// Its places on networks: the interfaces that are in the namespace.
  var endpoints: [Endpoint]
  /// What it has published, with the host's ports.
  var ports: [PortMapping]
  /// What leads to it; nil: nothing, it is on no network.
  var names: EndpointNames?
  /// As `Networking.publish` has it.
  var group: String?

  /// With names under which the container that keeps it is told of.
  func kept(by container: ContainerID) -> HeldNetwork {
    var copy = self
    copy.names?.container = container
    return copy
  }
}
