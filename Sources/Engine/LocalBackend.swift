public import Backend
import Cgroups
import ContainerRuntime
import ContainerSetup
import Glibc
import ImageStore
import LinuxKit
import Networking
import OCI
import Reconciler
import SecretStore
import StackModel
import StateStore
import Synchronization
import VolumeStore

/// The embedded engine: carries stacks out on this machine. One per root directory.
public final class LocalBackend: Backend {
  public let location: EngineLocation
  let store: StateStore
  let catalog: Catalog
  let containers = ContainerTable()
  let images: ImageStore
  let volumes: VolumeStore
  let networking: Networking
  let runtime: ContainerRuntime
  let cgroups: any CgroupDriver
  /// The unit of systemd that the groups are in; nil where there is none.
  let scope: ContainerScope?
  let filters = SeccompFilters()
  let secretStore: SecretStore
  let vault: SecretVault
  /// What must not appear in events and errors.
  let secretsSeen: SecretsSeen
  /// Which images registries have of the tags that were asked for.
  let tagsSeen = TagsSeen()
  let host: HostFacts
  /// The shim's program, which is also the reaper of `init: true`.
  let initProgram: SharedDescriptor
  let poller: Poller
  /// The numbers of the user namespaces that containers get: the setting `userns-remap`; nil: they are in the host's.
  let userMapping: UserMapping?
  let userNamespaces: UserNamespaces
  /// Where the journal takes entries of containers with the log driver `journald`.
  let journal: String
  let log: EventLog
  let generation = Generation()
  let projects = Gate<ProjectName>()
  let containerGate = Gate<ContainerID>()
  /// By the project of the container whose network is shared.
  let networkGate = Gate<ProjectName>()
  let volumeGate = Gate<VolumeName>()
  /// By the directory below which files of logs are packed.
  let packing = Gate<String>()
  /// Steps of `pre_start` that are being run, by the name of their container.
  let initRuns = SharedRuns()
  let jobs: JobScheduler
  /// What the engine looks after by itself, until it is shut down.
  let watches = Mutex<[Task<Void, Never>]>([])
  /// Steps of a plan that work at the same time: the kernel's part of a start is short and mostly on one core.
  let width = 8

  init(
    location: EngineLocation, store: StateStore, catalog: Catalog, images: ImageStore, volumes: VolumeStore, networking: Networking,
    runtime: ContainerRuntime, cgroups: any CgroupDriver, scope: ContainerScope?, secretStore: SecretStore, host: HostFacts,
    initProgram: SharedDescriptor, poller: Poller, userMapping: UserMapping?, clock: any JobClock, journal: String
  ) {
    self.location = location
    self.store = store
    self.catalog = catalog
    self.images = images
    self.volumes = volumes
    self.networking = networking
    self.runtime = runtime
    self.cgroups = cgroups
    self.scope = scope
    self.secretStore = secretStore
    vault = SecretVault(store: secretStore)
    secretsSeen = SecretsSeen()
    log = EventLog(without: secretsSeen)
    self.host = host
    self.initProgram = initProgram
    self.poller = poller
    self.userMapping = userMapping
    self.journal = journal
    userNamespaces = UserNamespaces(runtime: runtime)
    jobs = JobScheduler(clock: clock)
  }

  public func probe() async throws -> Capabilities {
    var name = utsname()
    uname(&name)
    let kernel = withUnsafeBytes(of: name.release) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
    return Capabilities(
      version: MusterVersion.version, apiVersion: MusterVersion.api, kernel: kernel, cgroups: cgroups.version.rawValue, root: location.root,
      pid: getpid())
  }
}
