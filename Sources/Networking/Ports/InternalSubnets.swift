import Netlink
import StackModel
import Synchronization

/// The IPv6 addresses of internal networks, as the relays see them: they lead nowhere out of those.
final class InternalSubnets: Sendable {
  private let subnets = Mutex<[NetworkName: IPv6Subnet]>([:])

  func set(_ name: NetworkName, _ subnet: IPv6Subnet?) { subnets.withLock { $0[name] = subnet } }

  func contain(_ address: IPv6Address) -> Bool { subnets.withLock { $0.values.contains { $0.contains(address) } } }
}
