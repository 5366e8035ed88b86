import LinuxKit
import Seccomp
import Synchronization

/// The default seccomp filter, compiled once for each set of capabilities and kept for all containers.
final class SeccompFilters: Sendable {
  private let known = Mutex<[CapabilitySet: SharedDescriptor]>([:])

  /// A descriptor of the BPF program.
  func filter(for capabilities: CapabilitySet) throws -> SharedDescriptor {
    if let found = known.withLock({ $0[capabilities] }) { return found }
    let made = SharedDescriptor(try memoryFile(name: "seccomp", try defaultFilter(capabilities: capabilities)))
    known.withLock { $0[capabilities] = made }
    return made
  }
}
