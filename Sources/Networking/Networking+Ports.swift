import Glibc
import LinuxKit
import Netlink
public import StackModel

extension Networking {
  /// Publishes a container's ports, whatever it had published before.
  ///
  /// - Parameters:
  ///   - endpoints: the container's; ports lead to the first that is not on an internal network, or else to the first.
  ///   - group: containers with the same one share a port that they ask for by number; nil: nobody shares with this one.
  /// - Returns: the mappings with the host's ports filled in.
  /// - Throws: `PortConflict`, `NetworkingError`, `NetlinkError`; nothing is published then.
  public func publish(
    _ container: ContainerID, ports: [PortMapping], endpoints: [Endpoint], group: String? = nil
  ) async throws -> [PortMapping] {
    heldPorts[container] = nil
    try firewall.publish(nil, of: container)
    guard !ports.isEmpty else { return [] }
    let targets = try publishingTargets(endpoints)
    var held: [HeldMapping] = []
    for port in ports { held.append(try hold(port, targets.families, group).leading(to: targets)) }
    try openLoop(for: held)
    try firewall.publish(publications(held, to: targets, of: container), of: container)
    heldPorts[container] = held
    leadRelays(of: held)
    forgetFlows(to: held)
    return held.map(\.mapping)
  }

  /// Throws `PortConflict` for the first port that somebody else has. Ports held by the containers in `ignoring` count as free.
  ///
  /// - Parameters:
  ///   - families: those of the networks that the container is to be on.
  ///   - sockets: nil: each port is taken for a moment, which says for certain; else nothing is, and what they say counts.
  public func checkPorts(
    _ ports: [PortMapping], families: AddressFamilies = AddressFamilies(), ignoring: Set<ContainerID>, sockets: BoundSockets? = nil
  ) async throws {
    let ignored = heldPorts.filter { ignoring.contains($0.key) }.values.joined().map(\.mapping)
    for port in ports where port.published != nil && !ignored.contains(where: { $0.collides(with: port) }) {
      if let sockets { try look(for: port, families, in: sockets) } else { _ = try hold(port, families, nil) }
    }
  }

  /// Throws when a port is known to be taken; it is not touched.
  private func look(for mapping: PortMapping, _ families: AddressFamilies, in sockets: BoundSockets) throws {
    let places = try places(of: mapping, families)
    guard let number = mapping.published else { return }
    let own = heldPorts.values.joined().filter { $0.mapping.transport == mapping.transport }.flatMap(\.sockets)
    let isTaken = places.contains { place in
      sockets.have(number, mapping.transport, at: place.address)
        || own.contains { $0.port == number && $0.address.overlaps(place.address) }
    }
    if isTaken { throw PortConflict(port: mapping, holder: holder(of: mapping)) }
  }

  private func places(of mapping: PortMapping, _ families: AddressFamilies) throws(NetworkingError) -> [PortMapping.Place] {
    let places = try mapping.places(families)
    if mapping.target == 0 { throw .invalid("port 0 of a container cannot be published") }
    return places
  }

  /// Ports without an address of their own, at the address that the container's network has for them (`host_binding_ipv4`).
  public func bound(_ ports: [PortMapping], attachments: [Attachment]) -> [PortMapping] {
    let ordered = attachments.enumerated().sorted { ($1.element.priority, $0.offset) < ($0.element.priority, $1.offset) }
    let records = ordered.compactMap { networks[$0.element.network]?.record.network }
    guard let address = (records.first { !$0.isInternal } ?? records.first)?.bridge?.hostAddress else { return ports }
    return ports.map { port in
      var port = port
      port.hostAddress = port.hostAddress ?? address
      return port
    }
  }

  /// Lets UDP clients that send without pause notice that a port leads elsewhere now.
  func forgetFlows(to held: [HeldMapping]) { forgetFlows(to: Self.datagramPorts(held)) }

  static func datagramPorts(_ held: [HeldMapping]) -> Set<UInt16> {
    Set(held.filter { $0.mapping.transport == .udp }.compactMap(\.mapping.published))
  }

  func forgetFlows(to ports: Set<UInt16>) {
    guard !ports.isEmpty else { return }
    // Without the kernel's conntrack interface, their flows end after half a minute of silence.
    try? conntrack.forget(transport: PortMapping.Transport.udp.number, ports: ports)
  }

  /// Of the networks that lead out, the first of each family; of others when there is none.
  func publishingTargets(_ endpoints: [Endpoint]) throws(NetworkingError) -> PublishingTargets {
    let endpoints = endpoints.filter { !$0.bridge.isEmpty }
    let leading = endpoints.filter { networks[$0.network]?.record.network.isInternal == false }
    let chosen = leading.isEmpty ? endpoints : leading
    let targets = PublishingTargets(
      ipv4: chosen.lazy.compactMap { IPv4Address($0.address) }.first,
      ipv6: chosen.lazy.compactMap { $0.ipv6.flatMap { IPv6Address($0.address) } }.first)
    guard targets != PublishingTargets() else {
      throw .invalid("ports can only be published of a container that is on a bridge network")
    }
    return targets
  }

  /// Takes a port on the host.
  func hold(_ mapping: PortMapping, _ families: AddressFamilies, _ group: String?) throws -> HeldMapping {
    let places = try places(of: mapping, families)
    if let group, mapping.published != nil {
      let shared = heldPorts.values.joined().first {
        $0.group == group && $0.mapping.isHeld(as: mapping) && $0.holds(places)
      }
      if let shared { return HeldMapping(mapping: mapping, sockets: shared.sockets, group: group) }
    }
    var attempts = 16
    var number = mapping.published ?? mapping.choices?.lowerBound
    while true {
      do {
        var sockets: [HeldPort] = []
        for place in places {
          do throws(KernelError) {
            sockets.append(
              try HeldPort(
                address: place.address, port: sockets.first?.port ?? number ?? 0, transport: mapping.transport,
                relay: place.isRelayed ? Relay(shut: internalSubnets) : nil))
          } catch  where place.isOptional && [EAFNOSUPPORT, EADDRNOTAVAIL].contains(error.errno) {}
        }
        var full = mapping
        full.published = sockets.first?.port
        return HeldMapping(mapping: full, sockets: sockets, group: group)
      } catch {
        switch error.errno {
        case EADDRINUSE where mapping.published == nil && number.map({ $0 < mapping.choices?.upperBound ?? 0 }) == true:
          number = number.map { $0 + 1 }
        // A port that the kernel chose for one family may not be free in the other.
        case EADDRINUSE where number == nil && attempts > 0: attempts -= 1
        case EADDRINUSE: throw PortConflict(port: mapping, holder: holder(of: mapping))
        case EADDRNOTAVAIL:
          throw NetworkingError.invalid("ports: the host has no address \(mapping.hostAddress ?? "")")
        default: throw NetworkingError.failed("port \(number ?? 0): \(error)")
        }
      }
    }
  }

  func publications(
    _ held: [HeldMapping], to targets: PublishingTargets, of container: ContainerID
  ) -> [FirewallState.Publication] {
    let isReady = directory.isReady(container)
    return held.flatMap { $0.publications(to: targets, isReady: isReady, isFiltered: isFiltered($0)) }
  }

  private func holder(of mapping: PortMapping) -> String? {
    for (container, held) in heldPorts where held.contains(where: { $0.mapping.collides(with: mapping) }) {
      return "container " + (directory.snapshot().name(of: container) ?? container.short)
    }
    return mapping.published.flatMap { portHolder(port: $0, transport: mapping.transport) }
  }
}

extension PortMapping {
  /// A socket that is held for this mapping serves the other one.
  func isHeld(as other: PortMapping) -> Bool {
    transport == other.transport && hostAddress == other.hostAddress && published == other.published
  }
}

extension Networking.HeldMapping {
  func leading(to targets: PublishingTargets) -> Self {
    var copy = self
    copy.targets = targets
    return copy
  }

  /// Its sockets are those of the places, but for what the host does without.
  func holds(_ places: [PortMapping.Place]) -> Bool {
    let own = sockets.map { PortMapping.Place(address: $0.address, isRelayed: $0.relay != nil) }
    let wanted = places.map { PortMapping.Place(address: $0.address, isRelayed: $0.isRelayed) }
    return own == wanted || own == zip(wanted, places).filter { !$0.1.isOptional }.map(\.0)
  }

  fileprivate func publications(to targets: PublishingTargets, isReady: Bool, isFiltered: Bool) -> [FirewallState.Publication] {
    sockets.compactMap { socket in
      targets.target(for: socket.address).map { target in
        FirewallState.Publication(
          hostAddress: socket.address.isUnspecified ? nil : socket.address, port: socket.port, transport: mapping.transport,
          target: target, targetPort: mapping.target, isReady: isReady,
          isFiltered: isFiltered)
      }
    }
  }
}
