import NIOCore
import Netlink
import StackModel

/// What one network's resolver answers, whichever way a question came.
struct ResolverService: Sendable {
  let network: NetworkName
  let plan: NetworkPlan
  let directory: Directory
  let forwarder: Forwarder

  /// The answer; nil for none. Only the network's own addresses are answered, so that nobody outside finds an open resolver.
  func answer(_ packet: [UInt8], from source: SocketAddress?, overTCP: Bool, on loop: any EventLoop) -> EventLoopFuture<[UInt8]?> {
    guard let text = source?.ipAddress, let asker = IPAddress(text), plan.contains(asker) else {
      return loop.makeSucceededFuture(nil)
    }
    let place = NameTable.Asker(network: network, address: asker)
    switch directory.decide(packet, asker: place, limit: overTCP ? 65535 : 512) {
    case .ignore: return loop.makeSucceededFuture(nil)
    case .answer(let bytes): return loop.makeSucceededFuture(bytes)
    case .forward(let question, let resolvers):
      return forwarder.forward(packet, question, resolvers: resolvers, overTCP: overTCP, on: loop).map { $0 }
    }
  }
}
