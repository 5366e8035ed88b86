import Backend
import Glibc
import ImageStore
import LinuxKit
import Netlink
import Networking

/// The network namespace of a running container: what its own set-up does at the start is done in it from outside while it runs.
struct ContainerNamespace: Sendable {
  /// A process of the container.
  var pid: Int32

  /// Names the interfaces that have been plugged in, gives them their addresses and brings them up.
  func configure(_ endpoints: [Endpoint]) async throws {
    guard !endpoints.isEmpty else { return }
    try await inside {
      var route = try RouteSocket()
      for endpoint in endpoints {
        try prepareIPv6(of: endpoint.origin, isSpoken: endpoint.cidrs.contains { $0.contains(":") })
        try route.configure(
          endpoint.origin, name: endpoint.interface, addresses: endpoint.cidrs.compactMap { CIDR($0) }, mtu: endpoint.mtu ?? 0)
        for (name, value) in endpoint.sysctls ?? [:] {
          // `net` of /proc/sys is the namespace's of whoever looks.
          try Descriptor.open("/proc/sys/" + name.map { $0 == "." ? "/" : $0 == "/" ? "." : $0 }, O_WRONLY).writeAll(value)
        }
      }
    }
  }

  /// Takes away interfaces that have no other end on the host.
  func remove(_ endpoints: [Endpoint]) async throws {
    let outer = endpoints.filter(\.bridge.isEmpty)
    guard !outer.isEmpty else { return }
    try await inside {
      var route = try RouteSocket()
      for link in try route.links() where outer.contains(where: { $0.isInterface(link) }) {
        try route.commit { $0.deleteLink(link.index) }
      }
    }
  }

  /// An interface speaks IPv6 when it has an address of it, and then listens to no router.
  private func prepareIPv6(of interface: String, isSpoken: Bool) throws(KernelError) {
    let directory = "/proc/sys/net/ipv6/conf/\(interface)"
    guard access(directory, F_OK) == 0 else { return }
    try Descriptor.open(directory + "/accept_ra", O_WRONLY).writeAll("0")
    try Descriptor.open(directory + "/disable_ipv6", O_WRONLY).writeAll(isSpoken ? "0" : "1")
  }

  /// Leads everything without a route of its own as the new endpoints say, or nowhere. What fails for one family is done for the other.
  func setDefaultRoutes(from old: [Endpoint] = [], to new: [Endpoint]) async throws {
    let changes = [(old.defaultRoute, new.defaultRoute, false), (old.defaultRoute6, new.defaultRoute6, true)].filter { $0.0 != $0.1 }
    guard !changes.isEmpty else { return }
    try await inside {
      var route = try RouteSocket()
      var failure: NetlinkError?
      for (old, new, isIPv6) in changes {
        do throws(NetlinkError) { try setDefaultRoute(from: old, to: new, isIPv6: isIPv6, &route) } catch { failure = failure ?? error }
      }
      if let failure { throw failure }
    }
  }

  private func setDefaultRoute(
    from old: DefaultRoute?, to new: DefaultRoute?, isIPv6: Bool, _ route: inout RouteSocket
  ) throws(NetlinkError) {
    switch new ?? old {
    case .gateway(let text)?:
      guard let gateway = IPAddress(text) else { return }
      if new != nil { return try route.commit { $0.replaceDefaultRoute(gateway: gateway) } }
      try ifThere { () throws(NetlinkError) in try route.commit { $0.deleteDefaultRoute(gateway: gateway) } }
    case .interface(let name)?:
      guard let link = try route.link(named: name) else {
        if new == nil { return }
        throw NetlinkError("find the interface " + name, errno: ENODEV)
      }
      if new != nil { return try route.commit { $0.addDefaultRoute(link: link.index, isIPv6: isIPv6, replaces: true) } }
      try ifThere { () throws(NetlinkError) in try route.commit { $0.deleteDefaultRoute(link: link.index, isIPv6: isIPv6) } }
    case nil: break
    }
  }

  /// With its interface a route has gone already.
  private func ifThere(_ delete: () throws(NetlinkError) -> Void) throws(NetlinkError) {
    do { try delete() } catch {
      if error.errno != ESRCH { throw error }
    }
  }

  /// Runs `body` on a thread of its own that is in the namespace and gone afterwards: one of the pool would do other tasks' work there.
  ///
  /// A process that has ended may have given its number to one of the host's: the host's own namespace is an error, unless `mayBeHosts`.
  func inside<Value: Sendable>(mayBeHosts: Bool = false, _ body: @escaping @Sendable () throws -> Value) async throws -> Value {
    try await onThread(isCancellable: false) { [pid] _ in
      let namespace = try Descriptor.open("/proc/\(pid)/ns/net", O_RDONLY)
      let own = try Descriptor.open("/proc/self/ns/net", O_RDONLY)
      guard try mayBeHosts || namespace.status().inode != own.status().inode else {
        throw EngineError(.conflict, "the container has ended meanwhile")
      }
      return try inNamespace(namespace, .network) { Result { try body() } }.get()
    }
  }
}

extension Endpoint {
  /// Whether it is the interface of this place on a network of others: such a one has the name of its way in, a hardware address that is nobody
  /// else's, or on an ipvlan network its name. A program of the container's may have made others, of another kind.
  fileprivate func isInterface(_ link: Netlink.Link) -> Bool {
    switch link.kind {
    case "macvlan": link.name == origin || !mac.isEmpty && link.mac == MACAddress(mac)
    case "ipvlan": link.name == origin || mac.isEmpty && link.name == interface
    default: false
    }
  }
}
