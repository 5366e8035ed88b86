import Glibc
import LinuxKit
import Netlink
public import StackModel

extension Networking {
  /// Publishes a container's ports, whatever it had published before.
  ///
  /// - Parameter endpoints: the container's; ports lead to the first that is not on an internal network, or else to the first.
  /// - Returns: the mappings with the host's ports filled in.
  /// - Throws: `PortConflict`, `NetworkingError`, `NetlinkError`; nothing is published then.
  public func publish(_ container: ContainerID, ports: [PortMapping], endpoints: [Endpoint]) async throws -> [PortMapping] {
    heldPorts[container] = nil
    try firewall.publish(nil, of: container)
    guard !ports.isEmpty else { return [] }
    let target = try publishingTarget(endpoints)
    var held: [HeldMapping] = []
    for port in ports { held.append(try hold(port)) }
    let publications = try held.map { try $0.publication(to: target) }
    try firewall.publish(publications, of: container)
    heldPorts[container] = held
    forgetFlows(to: held)
    return held.map(\.mapping)
  }

  /// Publishes a running container's ports anew. What stays published is so at every moment; ports lead to the container's address as `publish` has it.
  ///
  /// - Returns: the mappings with the host's ports filled in.
  /// - Throws: as `publish`; everything is published as before then.
  public func republish(_ container: ContainerID, ports: [PortMapping], endpoints: [Endpoint]) async throws -> [PortMapping] {
    let target = ports.isEmpty ? nil : try publishingTarget(endpoints)
    var known = heldPorts.removeValue(forKey: container) ?? []
    let kept = ports.map { port in known.first { $0.mapping.isHeld(as: port) } }
    // A port that moves from all addresses of the host to one of them is in its own way.
    let closed = known.filter { old in
      !kept.contains { $0?.socket === old.socket } && ports.contains { $0.collides(with: old.mapping) }
    }.map(\.mapping)
    let datagrams = Self.datagramPorts(known)
    known.removeAll { closed.contains($0.mapping) }
    do {
      let held = try zip(ports, kept).map { port, same in
        var mapping = try same ?? hold(port)
        mapping.mapping.target = port.target
        return mapping
      }
      let publications = try target.map { target in try held.map { try $0.publication(to: target) } }
      try firewall.change { $0.publications[container] = publications }
      heldPorts[container] = held.isEmpty ? nil : held
      forgetFlows(to: datagrams.union(Self.datagramPorts(held)))
      return held.map(\.mapping)
    } catch {
      // What was closed for it is taken back, unless another program was faster.
      heldPorts[container] = known + closed.compactMap { try? hold($0) }
      throw error
    }
  }

  /// Throws `PortConflict` for the first port that somebody else has. Ports held by the containers in `ignoring` count as free.
  public func checkPorts(_ ports: [PortMapping], ignoring: Set<ContainerID>) async throws {
    let ignored = heldPorts.filter { ignoring.contains($0.key) }.values.joined().map(\.mapping)
    for port in ports where port.published != nil && !ignored.contains(where: { $0.collides(with: port) }) {
      _ = try hold(port)
    }
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

  private static func datagramPorts(_ held: [HeldMapping]) -> Set<UInt16> {
    Set(held.filter { $0.mapping.transport == .udp }.map(\.socket.port))
  }

  private func forgetFlows(to ports: Set<UInt16>) {
    guard !ports.isEmpty else { return }
    // Without the kernel's conntrack interface, their flows end after half a minute of silence.
    guard var conntrack = try? ConntrackSocket() else { return }
    try? conntrack.forget(transport: PortMapping.Transport.udp.number, ports: ports)
  }

  func publishingTarget(_ endpoints: [Endpoint]) throws(NetworkingError) -> IPv4Address {
    let outside = endpoints.first { networks[$0.network]?.record.network.isInternal == false }
    guard let endpoint = outside ?? endpoints.first, let address = IPv4Address(endpoint.address) else {
      throw .invalid("ports can only be published of a container that is on a network")
    }
    return address
  }

  /// Takes a port on the host.
  func hold(_ mapping: PortMapping) throws -> HeldMapping {
    let address = try mapping.address()
    if mapping.target == 0 { throw NetworkingError.invalid("port 0 of a container cannot be published") }
    do {
      let socket = try HeldPort(address: address, port: mapping.published ?? 0, transport: mapping.transport)
      var full = mapping
      full.published = socket.port
      return HeldMapping(mapping: full, socket: socket)
    } catch {
      switch error.errno {
      case EADDRINUSE: throw PortConflict(port: mapping, holder: holder(of: mapping))
      case EADDRNOTAVAIL:
        throw NetworkingError.invalid("ports: the host has no address \(mapping.hostAddress ?? "")")
      default: throw NetworkingError.failed("port \(mapping.published ?? 0): \(error)")
      }
    }
  }

  private func holder(of mapping: PortMapping) -> String? {
    for (container, held) in heldPorts where held.contains(where: { $0.mapping.collides(with: mapping) }) {
      return "container " + (directory.snapshot().name(of: container) ?? container.short)
    }
    return mapping.published.flatMap { portHolder(port: $0, transport: mapping.transport) }
  }
}

extension PortMapping {
  /// The host's address; nil for all.
  func address() throws(NetworkingError) -> IPv4Address? {
    guard let text = hostAddress, text != "0.0.0.0", !text.isEmpty else { return nil }
    guard let address = IPv4Address(text) else {
      throw .invalid("ports: \(text) is not an IPv4 address; ports are published on IPv4 only")
    }
    return address
  }

  /// A socket that is held for this mapping serves the other one.
  func isHeld(as other: PortMapping) -> Bool {
    transport == other.transport && hostAddress == other.hostAddress && published == other.published
  }

  /// Both cannot be held at once: the same port of the same address, or of every address.
  func collides(with other: PortMapping) -> Bool {
    guard published == other.published, transport == other.transport else { return false }
    guard let own = try? address(), let theirs = try? other.address() else { return true }
    return own == theirs
  }
}

extension Networking.HeldMapping {
  func publication(to target: IPv4Address) throws(NetworkingError) -> FirewallState.Publication {
    FirewallState.Publication(
      hostAddress: try mapping.address(), port: socket.port, transport: mapping.transport, target: target, targetPort: mapping.target)
  }
}
