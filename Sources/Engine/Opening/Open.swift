public import Backend
import Cgroups
import ContainerRuntime
import ContainerSetup
import Glibc
import ImageStore
import LinuxKit
import Networking
import StackModel
import StateStore
import Synchronization
public import SystemPackage
import VolumeStore

extension LocalBackend {
  /// Opens the engine of a root directory and finds again what an earlier one left running.
  ///
  /// The caller holds the root's lock: there is never a second engine. `shim` is the `muster-shim` program.
  /// `secretsKey`: where the secrets' key is (`file:PATH`, `passphrase:PATH`, `credential:NAME`); nil: where it was, or the usual file.
  /// `capabilities`: what containers get unless told otherwise, `docker` (14, as nil) or `strict` (11).
  /// `usersRemap`: whose subordinate numbers are those of containers (`UserRemap`); nil: they have the host's.
  /// `portsFirewall`: which rules decide about published ports of which no stack says it, `bypass` (the engine's own, as nil) or `host`.
  public static func open(
    _ location: EngineLocation, shim: FilePath, secretsKey: String? = nil, capabilities: String? = nil, usersRemap: String? = nil,
    portsFirewall: String? = nil
  ) async throws -> LocalBackend {
    try await open(
      location, shim: shim, secretsKey: secretsKey, capabilities: capabilities, userMapping: try UserRemap.mapping(usersRemap),
      portsFirewall: portsFirewall)
  }

  /// The same with the numbers of containers' user namespaces themselves, the clock that jobs go by, and another journal than systemd's.
  static func open(
    _ location: EngineLocation, shim: FilePath, secretsKey: String? = nil, capabilities: String? = nil, userMapping: UserMapping?,
    portsFirewall: String? = nil, clock: any JobClock = WallJobClock(), journal: String = journalSocket
  ) async throws -> LocalBackend {
    let defaultCapabilities = try defaultCapabilities(capabilities)
    let firewall = try portsFirewallOfTheEngine(portsFirewall)
    let root = location.root
    for (path, mode) in [
      (root, UInt32(0o711)), (root + "/containers", 0o711), (location.runDirectory, 0o700), (location.runDirectory + "/c", 0o700),
    ] {
      try makeDirectories(path, mode: mode)
    }
    spreadEntries(of: root + "/containers")
    let store = try StateStore(path: root + "/state.db")
    let catalog = try await Catalog(store: store)
    let runtime = try ContainerRuntime(shim: shim)
    let (cgroups, scope, problem) = try groups(location, runtime)
    let (appArmor, unconfined) = AppArmorProfile.load(location)
    let engine = LocalBackend(
      location: location, store: store, catalog: catalog, images: try ImageStore(directory: root + "/images"),
      volumes: try VolumeStore(directory: root + "/volumes"),
      networking: try Networking(NetworkingConfiguration(suffix: location.suffix, portsFirewall: firewall)), runtime: runtime,
      cgroups: cgroups,
      scope: scope,
      secretStore: try location.secretStore(keySource: secretsKey), host: try localFacts(cgroups, defaultCapabilities, appArmor),
      initProgram: SharedDescriptor(try Descriptor.open(shim.string, 0o10000000)), poller: try Poller(),
      userMapping: userMapping, clock: clock, journal: journal)
    for problem in [problem, unconfined].compactMap({ $0 }) {
      engine.log.append(.warning(problem), project: nil)
      // Also for who looks when something is wrong: standard error is the engine's log.
      _ = "musterd: \(problem)\n".withCString { write(2, $0, strlen($0)) }
    }
    for name in catalog.damaged { engine.log.append(.warning("the record of \(name) cannot be read"), project: nil) }
    try await engine.checkUserMapping()
    try await engine.recover()
    for watch in [engine.watchFirewall(), engine.watchDrift(), engine.watchLogs()].compactMap({ $0 }) {
      engine.watches.withLock { $0.append(watch) }
    }
    try await engine.jobs.start(engine)
    let registries = RegistryWatch(clock: engine.jobs.clock)
    let volumes = VolumeWatch(engine)
    engine.watches.withLock { watches in
      watches.append(Task { await registries.keepLooking(engine) })
      watches.append(Task { await volumes.keepLooking() })
    }
    return engine
  }

  /// Stops serving; containers go on.
  public func shutDown() async {
    for watch in watches.withLock({ $0 }) { watch.cancel() }
    await jobs.stop()
    for container in await containers.all() { await container.abandon() }
    await containers.removeAll()
    await networking.close()
    poller.close()
    scope?.close()
    try? store.close()
  }
}

/// Where systemd owns the tree of control groups, in a scope of its; else where the kernel lets anybody make some.
private func groups(_ location: EngineLocation, _ runtime: ContainerRuntime) throws
  -> (driver: any CgroupDriver, scope: ContainerScope?, problem: String?)
{
  var problem: String?
  do {
    if let scope = try ContainerScope(suffix: location.suffix, root: location.root, runtime: runtime) {
      return (try scope.driver(), scope, nil)
    }
  } catch {
    problem = "systemd gives no scope to containers, so that they are in groups that it does not know of: \(error)"
  }
  return (try cgroupDriver(namespace: location.suffix.isEmpty ? "muster" : "muster-" + location.suffix), nil, problem)
}

extension LocalBackend {
  /// Tries what `userns-remap` needs of the kernel and of the file system, rather than have every container fail.
  private func checkUserMapping() async throws {
    guard let userMapping else { return }
    do {
      let files = try await mappedFiles(userMapping)
      let place = location.root + "/containers/.userns-remap"
      defer { try? removeTree(FilePath(place)) }
      for name in ["upper", "work", "lower"] { try makeDirectories(place + "/" + name, mode: 0o755) }
      _ = try files.overlay(
        OverlayRoot(directory: images.layersDirectory, lower: [place + "/lower"], upper: place + "/upper", work: place + "/work"))
      _ = try files.mount(volumes.directory, subpath: nil, isRecursive: false)
    } catch {
      throw EngineError(
        .unavailable, subject: UserRemap.subject, "containers cannot have user namespaces here: \(error)",
        hint:
          "it needs Linux 5.19 and a file system with ID-mapped mounts below \(location.root), as ext4, xfs or btrfs; or leave the setting out"
      )
    }
  }

  /// How files are owned in containers with these numbers.
  func mappedFiles(_ mapping: UserMapping) async throws -> MappedFiles {
    MappedFiles(users: try await userNamespaces.namespace(of: mapping), root: mapping.root)
  }
}

private func defaultCapabilities(_ text: String?) throws(EngineError) -> DefaultCapabilities {
  guard let text, !text.isEmpty else { return .docker }
  guard let found = DefaultCapabilities(rawValue: text) else {
    throw EngineError(
      .invalid, subject: "MUSTER_CAPABILITIES", "\"\(text)\" is not a set of capabilities for containers that ask for none",
      hint: "it is docker (14 capabilities, as Docker) or strict (11: no MKNOD, NET_RAW and AUDIT_WRITE)")
  }
  return found
}

private func portsFirewallOfTheEngine(_ text: String?) throws(EngineError) -> PortsFirewall {
  guard let text, !text.isEmpty else { return .bypass }
  guard let found = PortsFirewall(rawValue: text) else {
    throw EngineError(
      .invalid, subject: "MUSTER_PORTS_FIREWALL", "\"\(text)\" does not say which rules decide about published ports",
      hint: "it is bypass (Muster's own, as Docker) or host (the host's own of what comes in)")
  }
  return found
}
