import Cgroups
import ContainerSetup
import Glibc
import LinuxKit
import OCI
import StackModel

/// Opens the descriptors that a container's setup asks for.
struct OpenSlots: Sendable {
  var spec: ContainerSpec
  var cgroup: any Cgroup
  var capabilities: CapabilitySet
  /// Of the image (`386`): which ABIs the default filter lets in.
  var imageArchitecture: String
  /// Of a profile of its own; nil for the default one.
  var seccomp: RuntimeSpec.Seccomp?
  /// The containers whose namespaces are joined.
  var owners = NamespaceOwners()
  /// How files are owned, and the container's root, where it has a user namespace of its own.
  var mapped: MappedFiles?
  var root: OverlayRoot?
  /// Mount target → the image that is mounted there.
  var images: [String: MountedImage] = [:]
  var contents: GrantContents
  var filters: SeccompFilters
  /// The reaper of `init: true`.
  var initProgram: SharedDescriptor
  /// The shim is of this version, and lets the process begin in its group.
  var isForClone = true

  private func namespace(_ kind: String, of owner: NamespaceOwners.Owner?) throws -> SharedDescriptor {
    if let opened = owner?.opened[kind] { return opened }
    return SharedDescriptor(try Descriptor.open("/proc/\(owner?.pid ?? 0)/ns/\(kind)", O_RDONLY))
  }

  private func ownedFiles() throws(SetupError) -> MappedFiles {
    guard let mapped else { throw SetupError("userns_mode: the container has no numbers of its own") }
    return mapped
  }

  private func overlay() throws -> Descriptor {
    guard let root else { throw SetupError("userns_mode: the container has no root") }
    return try ownedFiles().overlay(root)
  }

  private func grantsTmpfs(_ options: [String]) throws(KernelError) -> Descriptor {
    try newFileSystem(
      "tmpfs",
      options: options.map { option in
        let parts = option.split(separator: "=", maxSplits: 1).map { String($0) }
        return (parts[0], parts.count > 1 ? parts[1] : nil)
      }, [.noSuid, .noDev])
  }

  /// One descriptor for each slot, in their order.
  func open(_ slots: [Slot]) throws -> [SharedDescriptor] {
    let groups = isForClone ? try cgroup.openForClone() : try cgroup.openProcs()
    return try slots.map { slot in
      switch slot {
      case .cgroupProcs(let index): groups[index]
      case .network: try namespace("net", of: owners.network)
      case .pid: try namespace("pid", of: owners.pid)
      case .ipc: try namespace("ipc", of: owners.ipc)
      case .sharedMemory: try namespace("mnt", of: owners.ipc)
      case .seccomp: try filters.filter(for: capabilities, imageArchitecture: imageArchitecture, seccomp)
      case .secret(let index):
        SharedDescriptor(try memoryFile(name: "secret", try contents.secret(SecretName(spec.options.secrets[index].source))))
      case .config(let index):
        SharedDescriptor(try memoryFile(name: "config", try contents.config(ConfigName(spec.options.configs[index].source))))
      case .initProgram: initProgram
      case .image(let target):
        if let image = images[target] {
          SharedDescriptor(try image.view(mapped))
        } else {
          throw SetupError("volumes: there is no image for \(target)")
        }
      case .root: SharedDescriptor(try overlay())
      case .users: try namespace("user", of: owners.users)
      case .mapped(let path, let subpath, let isRecursive):
        SharedDescriptor(try ownedFiles().mount(path, subpath: subpath, isRecursive: isRecursive))
      case .grants(let options): SharedDescriptor(try grantsTmpfs(options))
      case .subpath(let volume, let subpath): SharedDescriptor(try RootedDirectory(path: volume).locate(subpath))
      }
    }
  }
}
