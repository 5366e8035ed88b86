public import StackModel

/// What the networks of one engine are made with.
public struct NetworkingConfiguration: Sendable {
  /// Tells this engine's kernel objects from another's on the same machine; "" for the default engine.
  public var suffix: String
  /// Where subnets are taken from, in this order.
  public var pools: [SubnetPool]
  /// The same for IPv6; nil: unique local addresses of this machine's own (RFC 4193).
  public var pools6: [SubnetPool6]?
  /// The host's resolvers, asked for names that no container has. With systemd-resolved's stub in it, the stub's own upstreams are used.
  public var resolverFile: String
  /// systemd-resolved's list of real upstreams.
  public var resolvedUpstreamsFile: String

  /// What decides about published ports of which nothing else is said.
  public var portsFirewall: PortsFirewall

  public init(
    suffix: String = "", pools: [SubnetPool] = SubnetPool.standard, pools6: [SubnetPool6]? = nil, resolverFile: String = "/etc/resolv.conf",
    resolvedUpstreamsFile: String = "/run/systemd/resolve/resolv.conf", portsFirewall: PortsFirewall = .bypass
  ) {
    self.suffix = suffix
    self.pools = pools
    self.pools6 = pools6
    self.resolverFile = resolverFile
    self.resolvedUpstreamsFile = resolvedUpstreamsFile
    self.portsFirewall = portsFirewall
  }

  /// Where IPv6 subnets are taken from.
  var subnets6: [SubnetPool6] { pools6 ?? SubnetPool6.local(to: readText("/etc/machine-id") + suffix) }
}
