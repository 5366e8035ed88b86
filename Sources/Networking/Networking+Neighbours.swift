extension Networking {
  /// The kernel keeps 1,024 neighbours (arp(7), `gc_thresh3`), those of all containers together, and drops packets to more: with some hundred
  /// containers that speak to each other it must keep more. Where it does already, or in a network namespace that has no say, nothing changes.
  func makeRoomForNeighbours() {
    guard !hasRoomForNeighbours, networks.values.reduce(0, { $0 + $1.pools.owners.count }) > 100 else { return }
    hasRoomForNeighbours = true
    for family in ["ipv4", "ipv6"] {
      let parameters = "net/\(family)/neigh/default/gc_thresh"
      guard let most = UInt32(readText("/proc/sys/\(parameters)3").prefix { $0 != "\n" }), most < 32_768 else { continue }
      // The largest first: each must not be above the next.
      for (number, value) in [("3", "32768"), ("2", "16384"), ("1", "8192")] { try? setParameter(parameters + number, value) }
    }
  }
}
