import Glibc
import Netlink

extension Interpreter {
  func interfaceUp(_ name: String) throws {
    try netlink { (socket) throws(NetlinkError) in try socket.bringUp(name) }
  }

  func configureInterface(_ mac: String, _ name: String, _ addresses: [String], _ mtu: UInt32) throws {
    guard let hardware = MACAddress(mac) else { throw SetupProblem(errno: EINVAL, "not a hardware address: \(mac)") }
    var parsed: [CIDR] = []
    for text in addresses {
      guard let address = CIDR(text) else { throw SetupProblem(errno: EINVAL, "not an address with prefix: \(text)") }
      parsed.append(address)
    }
    try netlink { [parsed] (socket) throws(NetlinkError) in try socket.configure(mac: hardware, name: name, addresses: parsed, mtu: mtu) }
  }

  func defaultRoute(_ gateway: String) throws {
    guard let address = IPAddress(gateway) else { throw SetupProblem(errno: EINVAL, "not an address: \(gateway)") }
    try netlink { (socket) throws(NetlinkError) in try socket.addDefaultRoute(gateway: address) }
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
