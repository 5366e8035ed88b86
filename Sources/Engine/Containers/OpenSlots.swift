import Cgroups
import ContainerSetup
import Glibc
import LinuxKit
import StackModel

/// Opens the descriptors that a container's setup asks for.
struct OpenSlots: Sendable {
  var spec: ContainerSpec
  var cgroup: any Cgroup
  var capabilities: CapabilitySet
  /// The first process of the container whose network is shared.
  var networkPID: Int32?
  var contents: GrantContents
  var filters: SeccompFilters
  /// The reaper of `init: true`.
  var initProgram: SharedDescriptor

  /// One descriptor for each slot, in their order.
  func open(_ slots: [Slot]) throws -> [SharedDescriptor] {
    let groups = try cgroup.openProcs()
    return try slots.map { slot in
      switch slot {
      case .cgroupProcs(let index): groups[index]
      case .network: SharedDescriptor(try Descriptor.open("/proc/\(networkPID ?? 0)/ns/net", O_RDONLY))
      case .seccomp: try filters.filter(for: capabilities)
      case .secret(let index):
        SharedDescriptor(try memoryFile(name: "secret", try contents.secret(SecretName(spec.options.secrets[index].source))))
      case .config(let index):
        SharedDescriptor(try memoryFile(name: "config", try contents.config(ConfigName(spec.options.configs[index].source))))
      case .initProgram: initProgram
      case .subpath(let volume, let subpath): SharedDescriptor(try RootedDirectory(path: volume).locate(subpath))
      }
    }
  }
}
