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
  /// The last three of IPv6.
  case selves6
  case ports6
  case addressPorts6 = "address_ports6"
  /// The ports that several containers publish: a number below `FirewallState.slots`, then as the others.
  case sharedPorts = "shared_ports"
  case sharedAddressPorts = "shared_address_ports"
  case sharedPorts6 = "shared_ports6"
  case sharedAddressPorts6 = "shared_address_ports6"
  /// The ports of which the host's own rules decide: transport, port; with an address before them when they are of one.
  case filteredPorts = "filtered_ports"
  case filteredAddressPorts = "filtered_address_ports"
  case filteredPorts6 = "filtered_ports6"
  case filteredAddressPorts6 = "filtered_address_ports6"

  /// The families of the tables that have it; nil is `inet`.
  var families: [Expression.Family?] {
    switch self {
    case .filteredPorts, .filteredAddressPorts: [nil, .ipv4]
    case .filteredPorts6, .filteredAddressPorts6: [nil, .ipv6]
    default: [nil]
    }
  }

  static func selves(_ address: IPAddress) -> SetName { address.isIPv6 ? .selves6 : .selves }
  static func addressPorts(_ address: IPAddress) -> SetName { address.isIPv6 ? .addressPorts6 : .addressPorts }
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
            .addressPorts(gateway),
            Element(.address(gateway), .transport(transport), .port(53), data: [.address(gateway), .port(resolverPort)])
          ))
      }
    }
    return list
  }
}

extension FirewallState.Place {
  /// The set of those that one container has, or several.
  fileprivate func set(isShared: Bool) -> SetName {
    switch (address != nil, isIPv6, isShared) {
    case (false, false, false): .ports
    case (true, false, false): .addressPorts
    case (false, true, false): .ports6
    case (true, true, false): .addressPorts6
    case (false, false, true): .sharedPorts
    case (true, false, true): .sharedAddressPorts
    case (false, true, true): .sharedPorts6
    case (true, true, true): .sharedAddressPorts6
    }
  }

  fileprivate var filteredSet: SetName {
    switch (address != nil, isIPv6) {
    case (false, false): .filteredPorts
    case (true, false): .filteredAddressPorts
    case (false, true): .filteredPorts6
    case (true, true): .filteredAddressPorts6
    }
  }

  fileprivate var key: [Field] { (address.map { [.address($0)] } ?? []) + [.transport(transport.number), .port(port)] }
}

extension FirewallState {
  /// Into so many parts the connections to a shared port are cut: every usual number of containers divides it.
  static let slots: UInt32 = 60

  /// The elements of every set.
  var elements: [SetName: Set<Element>] {
    FirewallState.grouped(
      networks.values.flatMap(\.elements) + FirewallState.pairs(publications.sorted { $0.key < $1.key }.flatMap(\.value)))
  }

  /// Those of publications, all that there are of each port.
  static func elements(_ publications: some Sequence<Publication>) -> [SetName: Set<Element>] { grouped(pairs(publications)) }

  private static func pairs(_ publications: some Sequence<Publication>) -> [(SetName, Element)] {
    var pairs: [(SetName, Element)] = []
    for (place, all) in Dictionary(grouping: publications, by: \.place) {
      for target in Set(all.map(\.target)) { pairs.append((.selves(target), Element(.address(target), .address(target)))) }
      if all.contains(where: \.isFiltered) { pairs.append((place.filteredSet, Element(key: place.key))) }
      let ready = all.filter(\.isReady)
      let chosen = (ready.isEmpty ? all : ready).map { [Field.address($0.target), .port($0.targetPort)] }
      guard chosen.count > 1 else {
        for data in chosen { pairs.append((place.set(isShared: false), Element(key: place.key, data: data))) }
        continue
      }
      for slot in 0..<slots {
        let element = Element(key: [.mark(slot)] + place.key, data: chosen[Int(slot) % chosen.count])
        pairs.append((place.set(isShared: true), element))
      }
    }
    return pairs
  }

  private static func grouped(_ elements: [(SetName, Element)]) -> [SetName: Set<Element>] {
    Dictionary(grouping: elements, by: \.0).mapValues { Set($0.map(\.1)) }
  }

  /// What is published at any of these places, in an order that is always the same.
  func publications(at places: Set<Place>) -> [Publication] {
    publications.sorted { $0.key < $1.key }.flatMap(\.value).filter { places.contains($0.place) }
  }
}
