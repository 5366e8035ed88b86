import Glibc
import Netlink
import StackModel

/// Finds the program that has a port: /proc/net says the socket's inode, /proc/PID/fd who has it open.
func portHolder(port: UInt16, transport: PortMapping.Transport) -> String? {
  var inodes: Set<String> = []
  for file in ["/proc/net/\(transport.rawValue)", "/proc/net/\(transport.rawValue)6"] {
    inodes.formUnion(socketInodes(in: readText(file), port: port, transport: transport))
  }
  guard !inodes.isEmpty else { return nil }
  let links = Set(inodes.map { "socket:[\($0)]" })
  for pid in names(in: "/proc") where pid.utf8.allSatisfy({ (48...57).contains($0) }) {
    for number in names(in: "/proc/\(pid)/fd") {
      guard let target = linkTarget("/proc/\(pid)/fd/\(number)"), links.contains(target) else { continue }
      let name = readText("/proc/\(pid)/comm").prefix { $0 != "\n" }
      return "\(name) (pid \(pid))"
    }
  }
  return nil
}

/// The inodes of the sockets with that local port.
func socketInodes(in table: String, port: UInt16, transport: PortMapping.Transport) -> [String] {
  boundSockets(in: table, transport: transport).filter { $0.port == port }.map(\.inode)
}
