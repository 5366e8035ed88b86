public import LinuxKit
import Netlink
import StackModel

extension Networking {
  /// Becomes readable when an interface has changed or gone, by this engine too: then it is time for `linksAreGone`. nil: the kernel does not tell.
  public nonisolated var linkNews: SharedDescriptor? { links?.descriptor }

  /// Whether some of this engine's interfaces have gone since the last time: those of containers that have ended, or what somebody has deleted.
  public func linksAreGone() -> Bool {
    guard let gone = links?.gone() else { return links != nil }
    let own = Set(networks.values.map { $0.record.network.isOuter ? $0.record.parent : $0.record.bridge } + [kernelNames.loop.near])
    return gone.contains { own.contains($0) || $0.hasPrefix(kernelNames.vethPrefix) }
  }

  /// The host's ends of the interfaces of these places.
  package func hostInterfaces(_ endpoints: [Endpoint]) -> [String] { endpoints.map { kernelNames.veth($0) } }
}
