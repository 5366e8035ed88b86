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
  /// `sha256:…`, for the tag of the log.
  var imageID = ""
  var root: OverlayRoot
  /// Mount target → the volume's data.
  var volumes: [String: String]
  /// Mount target → the image that is mounted there.
  var images: [String: MountedImage] = [:]
  var endpoints: [Endpoint]
  /// The network namespace that it comes back to, in which its endpoints are; nil: it makes one, or joins another's.
  var regained: NamespaceOwners.Owner?
  /// Alias → address, for /etc/hosts.
  var links: [String: String] = [:]
  /// Its binds are of directories of the engine's own, whose owners are counted as in volumes.
  var mapsBinds = false
  /// Of secrets and configs; nil: the project's.
  var contents: GrantContents?

  struct Result: Sendable {
    var shim: Shim
    var cgroup: any Cgroup
    /// What the container does not get, and goes on without.
    var warnings: [String]
    /// Whose network namespace it has joined; nil: nobody's.
    var networkOwner: ContainerID?
  }

  /// On failure nothing is left but the endpoints, which are the caller's to withdraw.
  func begin() async throws -> Result {
    let files = ContainerFiles(location: engine.location, id: id)
    let log = try await logOptions()
    var owners = try await NamespaceOwners.find(for: spec, engine: engine)
    let owner = owners.network
    if let regained { owners.network = regained }
    try traced("write hosts and resolv.conf") { try files.write(spec, id: id, endpoints: endpoints, links: links) }
    let network = owner.map { ContainerFiles(location: engine.location, id: $0.id) } ?? files
    let cgroup = try traced("make cgroup") { try engine.cgroups.create(id.rawValue, ResourceLimits()) }
    do {
      var inputs = inputs(network, owner: owner, cgroup: cgroup)
      inputs.joinsUsers = owners.users != nil
      inputs.rejoinsNetwork = regained != nil
      let plan = try traced("plan setup") { try containerPlan(inputs) }
      try traced("limit cgroup") { try cgroup.apply(plan.limits) }
      let contents = if let given = self.contents { given } else { await engine.contents(of: spec.project) }
      let warnings = plan.warnings + cgroup.discarded(plan.limits).map { "this machine has no \($0); it goes on without" }
      let slots = OpenSlots(
        spec: spec, cgroup: cgroup, capabilities: plan.capabilities, imageArchitecture: image.architecture, seccomp: plan.seccomp,
        owners: owners, mapped: try await mappedFiles(), root: root, images: images, contents: contents, filters: engine.filters,
        initProgram: engine.initProgram)
      let descriptors = try traced("open descriptors") { try slots.open(plan.slots) }
      let trace = ShimTrace(spec.name, plan.steps)
      let start = ContainerStart(
        id: id.rawValue, namespaces: plan.namespaces, joinSlots: plan.joinSlots, cgroupSlots: plan.cgroupSlots, steps: plan.steps,
        io: streams(files, log), exitRecord: files.exitRecord, socket: files.socket, isTraced: trace != nil)
      let numbers = descriptors.map(\.number)
      let shim: Shim = try await traced("make shim and namespaces") {
        try await engine.runtime.create(start, descriptors: numbers, trace: trace?.taker)
      }
      withExtendedLifetime(descriptors) {}
      do {
        if regained != nil {
          await restoreRoutes(of: shim.pid)
        } else if !endpoints.isEmpty {
          try await traced("connect network") { try await engine.networking.connect(id, endpoints, pid: shim.pid) }
        }
      } catch {
        await shim.discard()
        throw error
      }
      return Result(shim: shim, cgroup: cgroup, warnings: warnings, networkOwner: owner?.networkOwner)
    } catch {
      try? cgroup.kill()
      try? await shielded { try await cgroup.remove() }
      throw error
    }
  }

  /// Who was there before may have led everything elsewhere, as tunnels do. Where the interface itself is gone, it comes with the next repair.
  private func restoreRoutes(of pid: Int32) async {
    try? await ContainerNamespace(pid: pid).setDefaultRoutes(to: endpoints)
  }

  private func mappedFiles() async throws -> MappedFiles? {
    if let mapping = spec.options.users?.mapping { try await engine.mappedFiles(mapping) } else { nil }
  }

  func inputs(_ network: ContainerFiles, owner: NamespaceOwners.Owner?, cgroup: any Cgroup) -> ContainerInputs {
    var inputs = ContainerInputs(id: id, spec: spec, image: image, root: root, host: engine.host)
    inputs.volumes = volumes
    inputs.hostsPath = network.hosts
    inputs.hostnamePath = network.hostname
    inputs.resolvConfPath = network.resolvConf
    inputs.interfaces = endpoints.map {
      // On a network of others it has its parent's longest packet.
      ContainerInterface(
        origin: $0.origin, name: $0.interface, addresses: $0.cidrs, mtu: $0.mtu ?? ($0.bridge.isEmpty ? 0 : 1500),
        sysctls: $0.sysctls ?? [:])
    }
    inputs.gateway = endpoints.defaultGateway
    inputs.gateway6 = endpoints.defaultGateway6
    inputs.routingInterface = endpoints.defaultRoute?.interface
    inputs.routingInterface6 = endpoints.defaultRoute6?.interface
    inputs.joinedHostname = owner?.hostname
    inputs.mapsBinds = mapsBinds
    inputs.cgroupCount = cgroup.procsCount
    return inputs
  }

  private func streams(_ files: ContainerFiles, _ log: LogOptions?) -> StandardStreams {
    let logging = spec.options.logging
    return StandardStreams(
      hasTerminal: spec.options.hasTerminal, isInteractive: spec.options.isInteractive,
      logPath: logging.keepsFile ? files.log : nil, logMaxSize: logging.maxSize.bytes, logMaxFiles: logging.maxFiles, log: log)
  }
}
