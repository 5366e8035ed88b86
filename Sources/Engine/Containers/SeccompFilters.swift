import ContainerSetup
import LinuxKit
import OCI
import Seccomp
import Synchronization

/// Seccomp filters, each compiled once and kept for all containers: the default one by capabilities and the image's architecture, others by what is in the profile.
final class SeccompFilters: Sendable {
  private enum Key: Hashable {
    case standard(CapabilitySet, ForeignABI?)
    case own(RuntimeSpec.Seccomp)
  }

  /// So many of the users' own are kept.
  private static let mostOwn = 100

  private let known = Mutex<[Key: SharedDescriptor]>([:])

  /// A descriptor of the BPF program: of the profile, or the default one for these capabilities and programs of an image of this architecture.
  func filter(for capabilities: CapabilitySet, imageArchitecture: String, _ profile: RuntimeSpec.Seccomp?) throws -> SharedDescriptor {
    let foreign = ForeignABI(imageArchitecture: imageArchitecture)
    let key = profile.map { Key.own($0) } ?? .standard(capabilities, foreign)
    if let found = known.withLock({ $0[key] }) { return found }
    let program = try profile.map { try Seccomp.filter(of: Profile($0)) } ?? defaultFilter(capabilities: capabilities, foreign: foreign)
    let made = SharedDescriptor(try memoryFile(name: "seccomp", program))
    known.withLock { known in
      if known.count > Self.mostOwn { known = known.filter { if case .own = $0.key { false } else { true } } }
      known[key] = made
    }
    return made
  }
}
