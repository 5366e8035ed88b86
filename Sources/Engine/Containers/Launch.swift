import Backend
import Cgroups
import ContainerRuntime
import ContainerSetup
import Glibc
import ImageStore
import LinuxKit
import Networking
import OCI
import Reconciler
import ShimProtocol
import StackModel

/// Brings a container up to the moment before its program runs: files, plan, cgroup, shim, network.
struct Launch: Sendable {
  var engine: LocalBackend
  var id: ContainerID
  var spec: ContainerSpec
  var image: ImageConfig
  var root: OverlayRoot
  /// Mount target → the volume's data.
  var volumes: [String: String]
  var endpoints: [Endpoint]
  /// Alias → address, for /etc/hosts.
  var links: [String: String] = [:]

  struct Result: Sendable {
    var shim: Shim
    var cgroup: any Cgroup
  }

  /// On failure nothing is left but the endpoints, which are the caller's to withdraw.
  func begin() async throws -> Result {
    let files = ContainerFiles(location: engine.location, id: id)
    let owner = try await networkOwner()
    try files.write(spec, id: id, endpoints: endpoints, links: links)
    let network = owner.map { ContainerFiles(location: engine.location, id: $0.id) } ?? files
    let cgroup = try engine.cgroups.create(id.rawValue, ResourceLimits())
    do {
      let plan = try containerPlan(inputs(network, owner: owner, cgroup: cgroup))
      try cgroup.apply(plan.limits)
      let slots = OpenSlots(
        spec: spec, cgroup: cgroup, capabilities: plan.capabilities, networkPID: owner?.pid,
        contents: await engine.contents(of: spec.project), filters: engine.filters, initProgram: engine.initProgram)
      let descriptors = try slots.open(plan.slots)
      let shim = try await engine.runtime.create(
        ContainerStart(
          id: id.rawValue, namespaces: plan.namespaces, joinSlots: plan.joinSlots, cgroupSlots: plan.cgroupSlots, steps: plan.steps,
          io: streams(files), exitRecord: files.exitRecord, socket: files.socket),
        descriptors: descriptors.map(\.number))
      withExtendedLifetime(descriptors) {}
      do {
        if !endpoints.isEmpty { try await engine.networking.connect(id, endpoints, pid: shim.pid) }
      } catch {
        await shim.discard()
        throw error
      }
      return Result(shim: shim, cgroup: cgroup)
    } catch {
      try? cgroup.kill()
      try? await shielded { try await cgroup.remove() }
      throw error
    }
  }

  func inputs(_ network: ContainerFiles, owner: Owner?, cgroup: any Cgroup) -> ContainerInputs {
    var inputs = ContainerInputs(id: id, spec: spec, image: image, root: root, host: engine.host)
    inputs.volumes = volumes
    inputs.hostsPath = network.hosts
    inputs.hostnamePath = network.hostname
    inputs.resolvConfPath = network.resolvConf
    inputs.interfaces = endpoints.map {
      ContainerInterface(mac: $0.mac, name: $0.interface, addresses: [$0.cidr])
    }
    inputs.gateway = endpoints.defaultGateway
    inputs.joinedHostname = owner?.hostname
    inputs.cgroupCount = cgroup.procsCount
    return inputs
  }

  private func streams(_ files: ContainerFiles) -> StandardStreams {
    let logging = spec.options.logging
    return StandardStreams(
      hasTerminal: spec.options.hasTerminal, isInteractive: spec.options.isInteractive,
      logPath: logging.driver == .none ? nil : files.log, logMaxSize: logging.maxSize.bytes, logMaxFiles: logging.maxFiles)
  }

  /// The container whose network this one shares.
  struct Owner: Sendable {
    var id: ContainerID
    var pid: Int32
    var hostname: String
  }

  /// The running container whose network this one shares.
  private func networkOwner() async throws -> Owner? {
    let found: Container?
    switch spec.options.network {
    case .bridges, .host, .none: return nil
    case .service(let service):
      found = await engine.containers.all(spec.project).first { $0.spec.service == service && !$0.spec.isOneOff }
    case .container(let name): found = await engine.containers.find(name: name)
    }
    guard let found, let pid = await found.running?.shim.pid else {
      throw EngineError(
        .conflict, subject: spec.service.rawValue, "the container whose network it shares is not running", hint: "start that one first")
    }
    return Owner(id: found.id, pid: pid, hostname: found.spec.options.hostname ?? found.id.short)
  }
}
