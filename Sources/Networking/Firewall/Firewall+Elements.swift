import Netlink

/// The names of the sets in the table.
enum SetName: String, CaseIterable {
  /// The bridges of all networks.
  case bridges
  /// The bridges of internal networks.
  case internals
  /// Each bridge with itself: what stays on one network.
  case same
  /// Of `same`, those whose containers must not see each other.
  case separated
  /// The bridges whose containers speak outwards with the host's address.
  case masqueraded
  /// The address of each container with a published port, with itself.
  case selves
  /// Ports published on every address: transport, port → container.
  case ports
  /// Ports published on one address: address, transport, port → container. The networks' resolvers are here too.
  case addressPorts = "address_ports"
}

extension FirewallState.Member {
  var elements: [(SetName, Element)] {
    var list: [(SetName, Element)] = [
      (.bridges, Element(.interfaceName(bridge))), (.same, Element(.interfaceName(bridge), .interfaceName(bridge))),
    ]
    if isSeparated { list.append((.separated, Element(.interfaceName(bridge), .interfaceName(bridge)))) }
    if masquerades { list.append((.masqueraded, Element(.interfaceName(bridge)))) }
    if isInternal { list.append((.internals, Element(.interfaceName(bridge)))) }
    if let resolverPort {
      for transport: UInt8 in [6, 17] {
        list.append(
          (
            .addressPorts,
            Element(.ipv4Address(gateway), .transport(transport), .port(53), data: [.ipv4Address(gateway), .port(resolverPort)])
          ))
      }
    }
    return list
  }
}

extension FirewallState.Publication {
  var elements: [(SetName, Element)] {
    [forwarding, (.selves, Element(.ipv4Address(target), .ipv4Address(target)))]
  }

  private var forwarding: (SetName, Element) {
    let data: [Field] = [.ipv4Address(target), .port(targetPort)]
    if let hostAddress {
      return (.addressPorts, Element(.ipv4Address(hostAddress), .transport(transport.number), .port(port), data: data))
    }
    return (.ports, Element(.transport(transport.number), .port(port), data: data))
  }
}

extension FirewallState {
  /// The elements of every set.
  var elements: [SetName: Set<Element>] {
    FirewallState.grouped(networks.values.flatMap(\.elements) + publications.values.joined().flatMap(\.elements))
  }

  /// Those that publish some ports.
  static func elements(_ publications: [Publication]) -> [SetName: Set<Element>] { grouped(publications.flatMap(\.elements)) }

  private static func grouped(_ elements: [(SetName, Element)]) -> [SetName: Set<Element>] {
    Dictionary(grouping: elements, by: \.0).mapValues { Set($0.map(\.1)) }
  }
}
