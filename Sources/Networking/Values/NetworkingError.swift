public import StackModel

/// Why a network or an endpoint could not be made.
public enum NetworkingError: Error, Equatable, Sendable, CustomStringConvertible {
  /// An address, subnet or hardware address that does not parse or does not fit; a sentence.
  case invalid(String)
  case noSuchNetwork(NetworkName)
  /// The subnet that was asked for is not free; by whom it is used.
  case subnetTaken(network: NetworkName, subnet: String, by: String)
  case noFreeSubnet(NetworkName)
  case addressTaken(network: NetworkName, address: String, by: ContainerID)
  case noFreeAddress(NetworkName, subnet: String)
  case networkInUse(NetworkName, containers: [ContainerID])
  /// The kernel or a socket said no; a sentence.
  case failed(String)

  public var description: String {
    switch self {
    case .invalid(let sentence), .failed(let sentence): sentence
    case .noSuchNetwork(let name): "network \(name) does not exist"
    case .subnetTaken(let network, let subnet, let by):
      "network \(network): the subnet \(subnet) overlaps \(by); choose another in ipam.config"
    case .noFreeSubnet(let network):
      "network \(network): no free subnet is left: the host's routes and other networks take them all; name one in ipam.config"
    case .addressTaken(let network, let address, let by):
      "network \(network): the address \(address) is taken by container \(by.short)"
    case .noFreeAddress(let network, let subnet): "network \(network): all addresses of \(subnet) are taken"
    case .networkInUse(let network, let containers):
      "network \(network) is in use by \(containers.map(\.short).joined(separator: ", "))"
    }
  }
}

/// A host port that somebody else has.
public struct PortConflict: Error, Equatable, Sendable, CustomStringConvertible {
  public var port: PortMapping
  /// `nginx (pid 812)`, `container shop-web-1`; nil when it cannot be found out.
  public var holder: String?
  public init(port: PortMapping, holder: String?) {
    self.port = port
    self.holder = holder
  }

  public var description: String {
    let address = port.hostAddress.map { $0 + ":" } ?? ""
    if port.published == nil, let choices = port.choices {
      return
        "ports \(address)\(choices.lowerBound)-\(choices.upperBound)/\(port.transport.rawValue) are all taken; publish others, or none for any free one"
    }
    let place = address + (port.published.map { String($0) } ?? "0")
    return "port \(place)/\(port.transport.rawValue) is already taken by \(holder ?? "another program"); publish another"
      + " (for example \"\((port.published ?? 0) &+ 1):\(port.target)\") or stop it"
  }
}
