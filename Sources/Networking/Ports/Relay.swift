import Netlink
import NIOCore
import Synchronization

/// Hands the connections of a port of the host on to containers, where the kernel itself leads none: from IPv6 to a container without it, and
/// from `::1`. The container sees the host's address; a new engine does not take over connections of an earlier one.
final class Relay: Sendable {
  private let targets = Mutex<[SocketAddress]>([])
  private let turn = Atomic<Int>(0)
  private let shut: InternalSubnets

  /// - Parameter shut: whose connections are closed.
  init(shut: InternalSubnets) { self.shut = shut }

  /// Where connections go from now on: to one after the other; none: they are closed.
  func lead(to places: [(address: IPAddress, port: UInt16)]) {
    let found = places.compactMap { try? SocketAddress(ipAddress: $0.address.description, port: Int($0.port)) }
    targets.withLock { $0 = found }
  }

  /// Where the next connection goes, which comes from there; nil: nowhere.
  func next(from peer: IPAddress?) -> SocketAddress? {
    guard let peer else { return nil }
    if case .v6(let address) = peer, shut.contain(address) { return nil }
    let turn = turn.wrappingAdd(1, ordering: .relaxed).newValue & 0xFFFF
    return targets.withLock { $0.isEmpty ? nil : $0[turn % $0.count] }
  }
}
