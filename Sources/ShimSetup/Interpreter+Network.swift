import Glibc
import Netlink

extension Interpreter {
  func interfaceUp(_ name: String) throws {
    try netlink { (socket) throws(NetlinkError) in try socket.bringUp(name) }
  }

  func configureInterface(_ origin: String, _ name: String, _ addresses: [String], _ mtu: UInt32) throws {
    var parsed: [CIDR] = []
    for text in addresses {
      guard let address = CIDR(text) else { throw SetupProblem(errno: EINVAL, "not an address with prefix: \(text)") }
      parsed.append(address)
    }
    try netlink { [parsed] (socket) throws(NetlinkError) in try socket.configure(origin, name: name, addresses: parsed, mtu: mtu) }
  }

  func defaultRoute(_ gateway: String) throws {
    guard let address = IPAddress(gateway) else { throw SetupProblem(errno: EINVAL, "not an address: \(gateway)") }
    try netlink { (socket) throws(NetlinkError) in try socket.addDefaultRoute(gateway: address) }
  }

  func routeByInterface(_ name: String, _ isIPv6: Bool) throws {
    try netlink { (socket) throws(NetlinkError) in try socket.addDefaultRoute(interface: name, isIPv6: isIPv6) }
  }

  private func netlink(_ body: (inout RouteSocket) throws(NetlinkError) -> Void) throws {
    do throws(NetlinkError) {
      var socket = try RouteSocket()
      try body(&socket)
    } catch {
      throw SetupProblem(errno: error.errno, error.description)
    }
  }
}
