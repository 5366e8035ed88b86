public import StackModel

extension Networking {
  /// Publishes a running container's ports anew. What stays published is so at every moment; ports lead to the container's address as `publish` has it.
  ///
  /// - Returns: the mappings with the host's ports filled in.
  /// - Throws: as `publish`; everything is published as before then.
  public func republish(
    _ container: ContainerID, ports: [PortMapping], endpoints: [Endpoint], group: String? = nil
  ) async throws -> [PortMapping] {
    try await handOver(ports, from: container, to: container, endpoints: endpoints, group: group)
  }

  /// Lets what one container has published lead to another, in one transaction: what both publish is so at every moment, and connections that
  /// there are go on. What only the first one had is closed.
  ///
  /// - Parameters:
  ///   - endpoints: of the one that takes over; ports lead to its address as `publish` has it.
  ///   - group: as `publish` has it.
  /// - Returns: its mappings with the host's ports filled in.
  /// - Throws: as `publish`; everything is published as before then.
  public func handOver(
    _ ports: [PortMapping], from old: ContainerID, to new: ContainerID, endpoints: [Endpoint], group: String? = nil
  ) async throws -> [PortMapping] {
    let targets = ports.isEmpty ? nil : try publishingTargets(endpoints)
    let families = targets?.families ?? AddressFamilies()
    let places = try ports.map { port in try port.places(families) }
    var known = heldPorts.removeValue(forKey: old) ?? []
    let datagrams = Self.datagramPorts(known)
    let kept = zip(ports, places).map { port, places in
      known.first { $0.mapping.isHeld(as: port) && $0.holds(places) }
    }
    // A port that moves from all addresses of the host to one of them is in its own way.
    let closed = known.filter { old in
      !kept.contains { $0?.sockets.first === old.sockets.first } && ports.contains { $0.collides(with: old.mapping) }
    }.map { (mapping: $0.mapping, targets: $0.targets) }
    // Nobody else knows the sockets of these from here on: that is what closes them.
    known.removeAll { old in closed.contains { $0.mapping == old.mapping } }
    do {
      let held = try zip(ports, kept).map { port, same in
        var mapping = try same ?? hold(port, families, group)
        (mapping.mapping.target, mapping.mapping.firewall) = (port.target, port.firewall)
        mapping.targets = targets ?? PublishingTargets()
        return mapping
      }
      try openLoop(for: held)
      let publications = targets.map { self.publications(held, to: $0, of: new) }
      try firewall.change { state in
        state.publications[old] = nil
        state.publications[new] = publications
      }
      heldPorts[new] = held.isEmpty ? nil : held
      leadRelays(of: held)
      forgetFlows(to: datagrams.union(Self.datagramPorts(held)))
      return held.map(\.mapping)
    } catch {
      // What was closed for it is taken back, unless another program was faster.
      heldPorts[old] = known + closed.compactMap { try? hold($0.mapping, $0.targets.families, group).leading(to: $0.targets) }
      leadRelays(of: heldPorts[old] ?? [])
      throw error
    }
  }
}
