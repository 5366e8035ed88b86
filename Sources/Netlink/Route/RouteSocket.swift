import Glibc

/// The kernel's links, addresses and routes (`rtnetlink(7)`), in the network namespace of the thread that opened it.
public struct RouteSocket: ~Copyable, Sendable {
  private var socket: NetlinkSocket

  public init() throws(NetlinkError) { socket = try NetlinkSocket(.route) }

  /// Sends what `build` collects in one call and throws the first error.
  public mutating func commit(_ build: (inout RouteBatch) -> Void) throws(NetlinkError) {
    var batch = RouteBatch(socket.writer())
    build(&batch)
    try socket.transact(batch.writer, operations: batch.operations)
  }

  /// All links.
  public mutating func links() throws(NetlinkError) -> [Link] {
    try dump(RouteMessage.getLink, "list links", headerLength: 16) { Link($0) }
  }

  /// The link with that name; nil when there is none.
  public mutating func link(named name: String) throws(NetlinkError) -> Link? {
    try links().first { $0.name == name }
  }

  /// Whether the kernel makes interfaces of a kind, `macvlan`, `ipvlan`, `vlan` or `dummy`, with its module where it is one. Nothing is
  /// made, but the kernel loads the module that it has been asked for.
  public mutating func knows(kind: String) throws(NetlinkError) -> Bool {
    do { try commit { $0.addImpossible(kind: kind) } } catch {
      // A kind that is known looks at the address, or wants its parent first.
      if error.errno == EADDRNOTAVAIL || error.errno == EINVAL { return true }
      if error.errno == EOPNOTSUPP { return false }
      throw error
    }
    return true
  }

  /// The addresses of all links, IPv4 and IPv6.
  public mutating func addresses() throws(NetlinkError) -> [LinkAddress] {
    try dump(RouteMessage.getAddress, "list addresses", headerLength: 8) { LinkAddress($0) }
  }

  /// The unicast routes of the main table, IPv4 and IPv6.
  public mutating func routes() throws(NetlinkError) -> [Route] {
    try dump(RouteMessage.getRoute, "list routes", headerLength: 12) { Route($0) }
  }

  private mutating func dump<Value>(
    _ type: UInt16, _ operation: String, headerLength: Int, _ decode: (ReceivedMessage) -> Value?
  ) throws(NetlinkError) -> [Value] {
    var request = socket.writer()
    request.message(type: type, flags: HeaderFlags.request | HeaderFlags.dump) {
      $0.append([UInt8](repeating: 0, count: headerLength))
    }
    var found: [Value] = []
    try socket.dump(request, operation: operation) { message in
      if let value = decode(message) { found.append(value) }
    }
    return found
  }
}
