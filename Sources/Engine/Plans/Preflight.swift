import Backend
import ContainerSetup
import Diagnostics
import ImageStore
import LinuxKit
import Networking
import Reconciler
import StackModel

extension LocalBackend {
  /// Looks for what would fail half way, before anything is made: networks that this machine cannot have, ports in use, bind sources that are missing,
  /// containers and images that something is taken of.
  func preflight(_ plan: Plan, stack: Stack?) async throws {
    var created: [ContainerSpec] = []
    var updated: [ContainerSpec] = []
    var leaving: Set<String> = []
    var networks: [Network] = []
    for step in plan.steps {
      switch step.action {
      case .createContainer(let spec, _): created.append(spec)
      case .createSuccessor(var spec, let name, _):
        spec.name = name
        created.append(spec)
      case .updateContainer(_, _, let spec): updated.append(spec)
      case .createNetwork(let network): networks.append(network)
      case .stopContainer(let name, _, _), .removeContainer(let name, _, _): leaving.insert(name)
      default: break
      }
    }
    for network in networks { try await checkParent(of: network, planned: networks) }
    for spec in created {
      let origin = stack?.services[spec.service]?.origin
      if let holder = await containers.find(name: spec.name), !leaving.contains(spec.name) {
        throw EngineError(
          .conflict, subject: spec.service.rawValue, "the container name \"\(spec.name)\" is already in use by \(holder.id.short)",
          hint: "remove that container, or choose another container_name", origin: origin)
      }
      try checkLimits(of: spec, origin: origin)
      do throws(SetupError) {
        try checkMountCount(spec.options)
        try checkUserNamespace(spec.options)
      } catch {
        throw EngineError(.invalid, subject: spec.service.rawValue, error.message, hint: error.hint, origin: origin)
      }
      try checkRootSize(of: spec, origin: origin)
      for mount in spec.options.mounts { try checkBindSource(of: mount, spec, origin: origin) }
    }
    try await checkVolumes(of: created, stack: stack)
    for spec in updated { try checkLimits(of: spec, origin: stack?.services[spec.service]?.origin) }
    try await checkSharing(of: created, stack: stack)
    try await checkPorts(of: created, updated: updated, leaving: leaving, stack: stack)
    try await checkLinks(of: created, stack: stack)
    try await checkInitImages(of: created, stack: stack)
  }

  /// Of a network of others: whether the kernel knows its driver, and its parent is there.
  private func checkParent(of network: Network, planned: [Network]) async throws {
    do { try await networking.checkParent(of: network, planned: planned) } catch let error as NetworkingError {
      throw EngineError(error.isInvalid ? .invalid : .conflict, error.description)
    }
  }

  private func checkLimits(of spec: ContainerSpec, origin: SourceRange?) throws(EngineError) {
    do throws(SetupError) { try ContainerSetup.checkLimits(spec.options.resources) } catch {
      throw EngineError(.invalid, subject: spec.service.rawValue, error.message, hint: error.hint, origin: origin)
    }
  }

  /// A volume whose data somebody has taken away stops no container that still has them.
  private func checkVolumes(of created: [ContainerSpec], stack: Stack?) async throws {
    for spec in created {
      for mount in spec.options.mounts {
        guard case .volume(let name) = mount.source, let definition = await catalog.volume(name)?.definition else { continue }
        do {
          try checkData(of: definition)
        } catch {
          throw EngineError(
            error.code, subject: spec.service.rawValue, error.message, hint: error.hint, origin: stack?.services[spec.service]?.origin)
        }
      }
    }
  }

  /// A limit of the root file system needs quotas where the containers' files are.
  private func checkRootSize(of spec: ContainerSpec, origin: SourceRange?) throws(EngineError) {
    guard spec.options.rootSize != nil, !ProjectQuota.exist(at: location.root + "/containers") else { return }
    throw EngineError(
      .invalid, subject: spec.service.rawValue, "storage_opt: the file system of \(location.root) has no project quotas",
      hint: "have it on ext4 made with -O project,quota, or on xfs, mounted with prjquota; or remove storage_opt", origin: origin)
  }

  /// Images that only steps of `pre_start` have are told about before the containers are made.
  private func checkInitImages(of created: [ContainerSpec], stack: Stack?) async throws {
    for spec in created {
      for (index, step) in (spec.options.hooks?.beforeStart ?? []).enumerated() {
        guard let image = step.image, await images.resolve(image) == nil else { continue }
        throw EngineError(
          .notFound, subject: spec.service.rawValue, "pre_start[\(index)]: the image \"\(image)\" is not on this machine",
          hint: "import it: muster image import FILE \(image)", origin: stack?.services[spec.service]?.origin)
      }
    }
  }

  /// `external_links` lead to containers that exist, whoever made them.
  private func checkLinks(of created: [ContainerSpec], stack: Stack?) async throws {
    let coming = Set(created.map(\.name))
    for spec in created {
      for link in spec.options.externalLinks ?? [] where !coming.contains(link.container) {
        if await containers.find(name: link.container) != nil { continue }
        throw EngineError(
          .notFound, subject: spec.service.rawValue, "external_links: there is no container \"\(link.container)\"",
          hint: "start the stack that has it first", origin: stack?.services[spec.service]?.origin)
      }
    }
  }

  /// A container's `ports`, at the addresses where they are published.
  func boundPorts(of spec: ContainerSpec) async -> [PortMapping] {
    guard case .bridges(let attachments) = spec.options.network else { return spec.options.ports }
    return await networking.bound(spec.options.ports, attachments: attachments)
  }

  /// Refuses a plan that publishes one port twice, or one that something else holds.
  private func checkPorts(of created: [ContainerSpec], updated: [ContainerSpec], leaving: Set<String>, stack: Stack?) async throws {
    var wanted: [PortMapping: ContainerSpec] = [:]
    for spec in created + updated {
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
    var leavingIDs: Set<ContainerID> = []
    for name in leaving { if let container = await containers.find(name: name) { leavingIDs.insert(container.id) } }
    for spec in created + updated where !spec.options.ports.isEmpty {
      // A container that is changed where it is goes on holding what it has.
      var own = leavingIDs
      if updated.contains(spec), let container = await containers.find(name: spec.name) { own.insert(container.id) }
      // The replicas of a service share its ports.
      for other in await containers.all(spec.project) where other.spec.service == spec.service && !other.spec.isOneOff {
        own.insert(other.id)
      }
      // What is kept for one that is not there is given up.
      for other in await containers.sharing() where await other.runningHeldNetwork != nil { own.insert(other.id) }
      do {
        try await networking.checkPorts(
          await boundPorts(of: spec), families: await families(of: spec, stack: stack),
          ignoring: own)
      } catch let error as PortConflict {
        throw EngineError(
          .conflict, subject: spec.service.rawValue, error.description,
          origin: stack?.services[spec.service]?.origin)
      } catch let error as NetworkingError {
        throw EngineError(.invalid, subject: spec.service.rawValue, error.description, origin: stack?.services[spec.service]?.origin)
      }
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
