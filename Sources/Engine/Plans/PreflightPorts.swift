import Backend
import Networking
import Reconciler
import StackModel

extension LocalBackend {
  /// A container's `ports`, at the addresses where they are published.
  func boundPorts(of spec: ContainerSpec) async -> [PortMapping] {
    guard case .bridges(let attachments) = spec.options.network else { return spec.options.ports }
    return await networking.bound(spec.options.ports, attachments: attachments)
  }

  /// What finds ports that a plan publishes twice, or that something else holds. In a trial no port is taken, not even for a moment.
  func portChecks(of parts: PlanParts, stack: Stack?, isTrial: Bool) async -> [PreflightCheck] {
    let wanting = (parts.created + parts.updated).filter { !$0.options.ports.isEmpty }
    guard !wanting.isEmpty else { return [] }
    var leaving: Set<ContainerID> = []
    for name in parts.leaving { if let container = await containers.find(name: name) { leaving.insert(container.id) } }
    // What is kept for one that is not there is given up.
    for other in await containers.sharing() where await other.runningHeldNetwork != nil { leaving.insert(other.id) }
    var replicas: [ServiceName: Set<ContainerID>] = [:]
    for other in await containers.all(parts.project) where !other.spec.isOneOff {
      replicas[other.spec.service, default: []].insert(other.id)
    }
    let sockets = isTrial ? BoundSockets() : nil
    var checks: [PreflightCheck] = [{ try self.checkDoublePorts(of: wanting, stack: stack) }]
    for spec in wanting {
      // The replicas of a service share its ports.
      var own = leaving.union(replicas[spec.service] ?? [])
      // A container that is changed where it is goes on holding what it has.
      if let container = await containers.find(name: spec.name) { own.insert(container.id) }
      checks.append { [own] in try await self.checkPorts(of: spec, ignoring: own, stack: stack, sockets: sockets) }
    }
    return checks
  }

  private func checkDoublePorts(of specs: [ContainerSpec], stack: Stack?) throws(EngineError) {
    var wanted: [PortMapping: ContainerSpec] = [:]
    for spec in specs {
      for port in spec.options.ports where port.published != nil {
        if let other = wanted.updateValue(
          spec, forKey: PortMapping(hostAddress: port.hostAddress, published: port.published, target: 0, transport: port.transport)),
          other.service != spec.service || other.name == spec.name
        {
          throw EngineError(
            .conflict, subject: spec.service.rawValue,
            "port \(port.published.map(String.init) ?? "")/\(port.transport.rawValue) is published by \(other.name) and by \(spec.name)",
            hint: "give each its own host port",
            origin: stack?.services[spec.service]?.origin)
        }
      }
    }
  }

  private func checkPorts(of spec: ContainerSpec, ignoring own: Set<ContainerID>, stack: Stack?, sockets: BoundSockets?) async throws {
    do {
      try await networking.checkPorts(
        await boundPorts(of: spec), families: await families(of: spec, stack: stack), ignoring: own, sockets: sockets)
    } catch let error as PortConflict {
      throw EngineError(
        .conflict, subject: spec.service.rawValue, error.description,
        origin: stack?.services[spec.service]?.origin)
    } catch let error as NetworkingError {
      throw EngineError(.invalid, subject: spec.service.rawValue, error.description, origin: stack?.services[spec.service]?.origin)
    }
  }

  /// What the networks speak that a container is to be on, those that are still to be made included.
  private func families(of spec: ContainerSpec, stack: Stack?) async -> AddressFamilies {
    guard case .bridges(let attachments) = spec.options.network else { return AddressFamilies() }
    var families = AddressFamilies(ipv4: false, ipv6: false)
    let present = Dictionary(await networking.records.map { ($0.network.name, $0.network) }) { first, _ in first }
    for name in attachments.map(\.network) {
      let declared = stack?.networks[name].flatMap { $0.isExternal ? nil : $0 }
      guard let network = declared ?? present[name] else { continue }
      families.ipv4 = families.ipv4 || network.hasNoIPv4 != true
      families.ipv6 = families.ipv6 || network.ipv6 != nil
    }
    return families
  }
}
