import Backend
import Glibc
import LinuxKit
import Networking
import StackModel
import SystemPackage

/// Where a container's files are, and the three that tell it its names and its network.
struct ContainerFiles: Sendable {
  let directory: String
  let runDirectory: String

  init(location: EngineLocation, id: ContainerID) {
    directory = "\(location.root)/containers/\(id)"
    runDirectory = "\(location.runDirectory)/c/\(id.short)"
  }

  var upper: String { directory + "/upper" }
  var work: String { directory + "/work" }
  var hosts: String { directory + "/hosts" }
  var hostname: String { directory + "/hostname" }
  var resolvConf: String { directory + "/resolv.conf" }
  /// The `resolv.conf` of another one, whose network this one keeps: who shares that has it mounted, and the next one goes on writing it.
  var keptResolver: String { directory + "/kept-resolv.conf" }
  /// The json-file log; rotated ones beside it.
  var log: String { directory + "/log" }
  /// The shim listens here. The path is short, since a socket's address has 107 bytes.
  var socket: String { runDirectory + "/shim.sock" }
  /// How the first process ended, for an engine that was not there.
  var exitRecord: String { runDirectory + "/exit" }

  /// Makes the directories.
  func make() throws(KernelError) {
    for path in [directory, upper, work] { try makeDirectories(path, mode: path == upper ? 0o755 : 0o710) }
  }

  /// Sets the most that the root file system may hold of the container's own. The directories are empty.
  func limit(_ size: ByteCount) throws(KernelError) { try ProjectQuota.set(UInt64(clamping: size.bytes), on: [upper, work]) }

  /// Removes everything, the log included.
  func remove() throws(KernelError) {
    let quota = ProjectQuota.of(upper)
    try removeTree(FilePath(runDirectory))
    try removeTree(FilePath(directory))
    if let slash = directory.lastIndex(of: "/") { quota?.forget(at: String(directory[..<slash])) }
  }

  /// Writes `hosts`, `hostname` and `resolv.conf` anew, as Docker has them, and clears what an earlier run left.
  func write(_ spec: ContainerSpec, id: ContainerID, endpoints: [Endpoint], links: [String: String]) throws {
    try removeTree(FilePath(runDirectory))
    try makeDirectories(runDirectory, mode: 0o700)
    try put(hostname, hostname(spec, id) + "\n")
    try writeHosts(spec, id: id, endpoints: endpoints, links: links)
    try writeResolver(spec, endpoints: endpoints)
  }

  /// Writes `resolv.conf` in its place, also of a running container.
  func writeResolver(_ spec: ContainerSpec, endpoints: [Endpoint]) throws {
    try put(resolvConf, try resolver(spec.options, endpoints: endpoints))
  }

  /// Writes `hosts` in its place, also of a running container. `links`: alias → address.
  func writeHosts(_ spec: ContainerSpec, id: ContainerID, endpoints: [Endpoint], links: [String: String]) throws {
    let options = spec.options
    let usesHost = options.network == .host
    let name = hostname(spec, id)
    var lines = usesHost ? ((try? text(of: "/etc/hosts")) ?? "") : Self.standardHosts
    if !lines.hasSuffix("\n"), !lines.isEmpty { lines += "\n" }
    let gateway = endpoints.nameServer
    for host in options.extraHosts {
      let address = host.address == "host-gateway" ? gateway ?? "127.0.0.1" : host.address
      lines += "\(address)\t\(host.name)\n"
    }
    let fullName = options.domainname.map { "\(name).\($0) \(name)" } ?? name
    for address in endpoints.flatMap(\.addresses) { lines += "\(address)\t\(fullName)\n" }
    if endpoints.isEmpty, !usesHost { lines += "127.0.0.1\t\(fullName)\n" }
    for (alias, address) in links.sorted(by: { $0.key < $1.key }) { lines += "\(address)\t\(alias)\n" }
    try put(hosts, lines)
  }

  private func hostname(_ spec: ContainerSpec, _ id: ContainerID) -> String {
    spec.options.hostname ?? (spec.options.network == .host ? hostName() : id.short)
  }

  private func resolver(_ options: ContainerOptions, endpoints: [Endpoint]) throws -> String {
    let host = ResolverConfiguration.host()
    var lines: [String] = []
    if let own = endpoints.nameServer {
      lines.append("nameserver \(own)")
    } else {
      lines += (options.dns.isEmpty ? host.nameservers : options.dns).map { "nameserver \($0)" }
    }
    let search = options.dnsSearch.isEmpty ? host.search : options.dnsSearch.filter { $0 != "." }
    if !search.isEmpty { lines.append("search " + search.joined(separator: " ")) }
    var flags = options.dnsOptions.isEmpty ? host.options : options.dnsOptions
    if !endpoints.isEmpty, !flags.contains(where: { $0.hasPrefix("ndots:") }) { flags.append("ndots:0") }
    if !flags.isEmpty { lines.append("options " + flags.joined(separator: " ")) }
    return lines.joined(separator: "\n") + "\n"
  }

  /// Docker's first lines of /etc/hosts.
  private static let standardHosts = """
    127.0.0.1\tlocalhost
    ::1\tlocalhost ip6-localhost ip6-loopback
    fe00::\tip6-localnet
    ff00::\tip6-mcastprefix
    ff02::1\tip6-allnodes
    ff02::2\tip6-allrouters

    """

  private func put(_ path: String, _ text: String) throws(KernelError) {
    // In place: a running container that shares the file has it bound.
    let file = try Descriptor.open(path, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW, mode: 0o644)
    try file.writeAll(text)
  }

  private func text(of path: String) throws -> String {
    String(decoding: try RegularFile.read(path, limit: 1 << 20), as: UTF8.self)
  }
}
