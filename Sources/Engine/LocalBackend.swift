public import Backend
import Cgroups
import ContainerRuntime
import Glibc
import ImageStore
import LinuxKit
import Networking
import OCI
import Reconciler
import StackModel
import StateStore
import SystemPackage
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
  let seccomp: SeccompCache
  let vault: SecretVault
  public let events: EventLog
  let generation = Generation()
  let gate = ProjectGate()
  /// Steps of a plan that work at the same time: the kernel's part of a start is short and mostly on one core.
  let width = 8

  private init(
    location: EngineLocation, store: StateStore, catalog: Catalog, images: ImageStore, volumes: VolumeStore, networking: Networking,
    runtime: ContainerRuntime, cgroups: any CgroupDriver, vault: SecretVault
  ) {
    self.location = location
    self.store = store
    self.catalog = catalog
    self.images = images
    self.volumes = volumes
    self.networking = networking
    self.runtime = runtime
    self.cgroups = cgroups
    self.seccomp = SeccompCache()
    self.vault = vault
    self.events = EventLog()
  }
}
