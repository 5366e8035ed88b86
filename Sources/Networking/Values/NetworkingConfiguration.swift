public import Netlink

/// What the networks of one engine are made with.
public struct NetworkingConfiguration: Sendable {
  /// Tells this engine's kernel objects from another's on the same machine; "" for the default engine.
  public var suffix: String
  /// Where subnets are taken from, in this order.
  public var pools: [SubnetPool]
  /// The host's resolvers, asked for names that no container has. With systemd-resolved's stub in it, the stub's own upstreams are used.
  public var resolverFile: String
  /// systemd-resolved's list of real upstreams.
  public var resolvedUpstreamsFile: String

  public init(
    suffix: String = "", pools: [SubnetPool] = SubnetPool.standard, resolverFile: String = "/etc/resolv.conf",
    resolvedUpstreamsFile: String = "/run/systemd/resolve/resolv.conf"
  ) {
    self.suffix = suffix
    self.pools = pools
    self.resolverFile = resolverFile
    self.resolvedUpstreamsFile = resolvedUpstreamsFile
  }
}

/// A range that is cut into subnets of one size.
public struct SubnetPool: Sendable, Equatable {
  public var range: IPv4Subnet
  /// The prefix length of each subnet.
  public var prefix: Int

  public init(_ range: IPv4Subnet, prefix: Int) {
    self.range = range
    self.prefix = prefix
  }

  /// Docker's ranges in smaller pieces: 172.17–31, then 192.168, then 10, 4094 addresses in each subnet.
  public static let standard: [SubnetPool] =
    ((17...31).map { "172.\($0).0.0/16" } + ["192.168.0.0/16", "10.0.0.0/8"])
    .compactMap { IPv4Subnet($0) }.map { SubnetPool($0, prefix: 20) }

  /// The first subnet that overlaps none of `taken`.
  static func choose(from pools: [SubnetPool], avoiding taken: [IPv4Subnet]) -> IPv4Subnet? {
    for pool in pools where pool.prefix >= pool.range.prefix {
      var candidate = IPv4Subnet(pool.range.base, prefix: pool.prefix)
      while let subnet = candidate, pool.range.contains(subnet) {
        guard let obstacle = taken.first(where: { $0.overlaps(subnet) }) else { return subnet }
        // Jump behind whichever is larger, so that a large obstacle costs one step.
        let last = max(obstacle.last, subnet.last)
        guard last.value < .max else { break }
        candidate = IPv4Subnet(IPv4Address(last.value + 1), prefix: pool.prefix)
      }
    }
    return nil
  }
}
