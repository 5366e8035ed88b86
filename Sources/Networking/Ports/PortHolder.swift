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

/// The inodes of the sockets with that local port, of TCP only the listening ones: those with 0A as state, bound UDP ones have 07 (`proc(5)`).
func socketInodes(in table: String, port: UInt16, transport: PortMapping.Transport) -> [String] {
  table.split(separator: "\n").dropFirst().compactMap { line in
    let fields = line.split(separator: " ")
    guard fields.count > 9, let colon = fields[1].lastIndex(of: ":") else { return nil }
    guard UInt16(fields[1][fields[1].index(after: colon)...], radix: 16) == port else { return nil }
    return fields[3] == (transport == .tcp ? "0A" : "07") ? String(fields[9]) : nil
  }
}
