import Netlink
public import StackModel

// The network of a container that has ended, while others are still in its network namespace: one of them has what was its, until the next container
// comes back there and has it again.

extension Networking {
  /// Has another container have the addresses and the published ports of one. Interfaces, and connections over the ports, stay as they are.
  ///
  /// - Parameters:
  ///   - name: as `reserve` has it.
  ///   - names: told instead of those of the first container; nil: those stay.
  public func passOn(from old: ContainerID, to new: ContainerID, name: String, names: EndpointNames? = nil) async {
    for network in networks.keys {
      networks[network]?.pools.passOn(from: old, to: new, name: name)
      if networks[network]?.severed.remove(old) != nil { networks[network]?.severed.insert(new) }
    }
    if let held = heldPorts.removeValue(forKey: old) { heldPorts[new] = held }
    if let publications = firewall.state.publications[old] {
      // The elements are the same; should the kernel refuse, the table is made anew with the next change.
      try? firewall.change { state in
        state.publications[old] = nil
        state.publications[new] = publications
      }
    }
    if let names { setNames(names, insteadOf: old) }
    leadRelays(of: heldPorts[new] ?? [])
  }

  /// Sets the names of one container, and takes those of another away, for whoever asks at the same moment.
  public func setNames(_ names: EndpointNames, insteadOf old: ContainerID) {
    directory.change { table in
      table.remove(old)
      table.set(names)
    }
    setNames([names])
  }

  /// Has those who hold published ports for others let go of what somebody else asks for.
  ///
  /// - Returns: of each that had such ports, those that it still holds.
  public func giveUp(_ wanted: [PortMapping], heldBy holders: [ContainerID]) async -> [ContainerID: [PortMapping]] {
    var left: [ContainerID: [PortMapping]] = [:]
    for holder in holders {
      let held = heldPorts[holder] ?? []
      let kept = held.filter { mine in !wanted.contains { $0.published != nil && $0.collides(with: mine.mapping) } }
      guard kept.count < held.count else { continue }
      // A refusal leaves elements that lead nowhere; they go with the next change that makes the table anew.
      try? firewall.publish(kept.isEmpty ? nil : publications(kept, to: held[0].targets, of: holder), of: holder)
      heldPorts[holder] = kept.isEmpty ? nil : kept
      leadRelays(of: held)
      left[holder] = kept.map(\.mapping)
    }
    return left
  }

  /// Takes away the interfaces of these places on bridges; one that has gone is no error.
  public func unplug(_ endpoints: [Endpoint]) async {
    // What cannot be taken away goes with its namespace.
    for endpoint in endpoints where !endpoint.bridge.isEmpty { try? unplug(kernelNames.veth(endpoint)) }
  }
}
