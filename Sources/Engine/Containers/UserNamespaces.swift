import ContainerRuntime
import ContainerSetup
import Glibc
import LinuxKit
import StackModel

/// User namespaces that nobody is in, one for each set of numbers: owners of files are counted by them.
actor UserNamespaces {
  private let runtime: ContainerRuntime
  private var known: [UserMapping: Task<SharedDescriptor, any Error>] = [:]

  init(runtime: ContainerRuntime) { self.runtime = runtime }

  /// Made at the first asking.
  func namespace(of mapping: UserMapping) async throws -> SharedDescriptor {
    let task = known[mapping] ?? Task { [runtime] in try await runtime.makeUserNamespace(mapping.ranges) }
    known[mapping] = task
    do {
      return try await task.value
    } catch {
      known[mapping] = nil
      throw error
    }
  }
}

/// How the files of a container with a user namespace of its own are owned.
struct MappedFiles: Sendable {
  var users: SharedDescriptor
  /// The namespace's root, in the host's numbers.
  var root: FileOwner

  /// An overlay as the container is to see it; on the disk everything is owned as without a user namespace.
  func overlay(_ root: OverlayRoot, subpath: String = "") throws(KernelError) -> Descriptor {
    try overlayView(
      lower: root.lower, upper: root.upper, work: root.work, directory: root.directory, subpath: subpath,
      mapping: OverlayMapping(users: users, root: self.root, writable: root.writable))
  }

  /// What is at a path of the host, or in it.
  func mount(_ path: String, subpath: String?, isRecursive: Bool) throws -> Descriptor {
    do throws(KernelError) {
      return try mappedMount(try locate(path, subpath), users: users.descriptor, isRecursive: isRecursive)
    } catch {
      if error.errno == EINVAL { throw UnmappableFiles(path: path) }
      throw error
    }
  }

  private func locate(_ path: String, _ subpath: String?) throws(KernelError) -> Descriptor {
    if let subpath { return try RootedDirectory(path: path).locate(subpath) }
    return try Descriptor.open(path, openPathOnly)
  }
}

/// `O_PATH`.
private let openPathOnly: Int32 = 0o10000000

/// A file system that cannot have its owners counted in another way.
struct UnmappableFiles: Error, CustomStringConvertible {
  var path: String
  var description: String {
    "the file system of \(path) has no ID-mapped mounts, without which a container in a user namespace of its own (userns-remap) cannot have it"
  }
}

extension OverlayRoot {
  /// The directory that upper and work directory are in, by a path of the host.
  var writable: String {
    let parent = upper.split(separator: "/", omittingEmptySubsequences: false).dropLast().joined(separator: "/")
    return upper.hasPrefix("/") ? parent : directory + "/" + parent
  }
}
