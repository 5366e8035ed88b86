import Netlink
import StackModel

extension Networking {
  /// Has the relays of these ports lead to the containers that publish them: those that are ready, or all when none is.
  func leadRelays(of held: [HeldMapping]) {
    let relays = Dictionary(
      held.flatMap(\.sockets).compactMap { socket in socket.relay.map { (ObjectIdentifier($0), $0) } },
      uniquingKeysWith: { first, _ in first })
    guard !relays.isEmpty else { return }
    var places: [ObjectIdentifier: [(address: IPAddress, port: UInt16, isReady: Bool)]] = [:]
    for (container, mappings) in heldPorts.sorted(by: { $0.key < $1.key }) {
      let isReady = directory.isReady(container)
      for mapping in mappings {
        guard let address = mapping.targets.relayed else { continue }
        for relay in mapping.sockets.compactMap(\.relay) where relays[ObjectIdentifier(relay)] != nil {
          places[ObjectIdentifier(relay), default: []].append((address, mapping.mapping.target, isReady))
        }
      }
    }
    for (key, relay) in relays {
      let all = places[key] ?? []
      let ready = all.filter(\.isReady)
      relay.lead(to: (ready.isEmpty ? all : ready).map { ($0.address, $0.port) })
    }
  }
}
