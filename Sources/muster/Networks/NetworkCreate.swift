import ArgumentParser
import Backend
import Diagnostics
import EngineClient

/// `muster network create`.
struct NetworkCreate: StackCommand {
  static let configuration = CommandConfiguration(
    commandName: "create", abstract: "Make a network.",
    discussion: """
      Without --subnet the engine chooses one that nothing on this machine uses. The drivers macvlan and ipvlan have the network of one of the
      host's interfaces (--opt parent=eth0, or a VLAN's as eth0.50), and may have several subnets; what is said of one belongs to the subnet that it
      is in.
      Example: muster network create --ipv6 --subnet 172.28.0.0/16 --subnet fd12:3456:789a:1::/64 shared
      """)
  @Flag(help: "Containers that no stack has may be put on it; they may anyway.") var attachable = false
  @Option(
    name: .customLong("aux-address"), parsing: .singleValue,
    help: ArgumentHelp("An address that is something else's.", valueName: "name=address"))
  var auxAddress: [String] = []
  @Flag(help: "Not supported.") var configOnly = false
  @Option(help: ArgumentHelp("Not supported.", valueName: "network")) var configFrom: String?
  @Option(name: .shortAndLong, help: "bridge, macvlan or ipvlan.") var driver = "bridge"
  @Option(parsing: .singleValue, help: ArgumentHelp("The bridge's address in a subnet, or the router's.", valueName: "address"))
  var gateway: [String] = []
  @Flag(help: "Not supported.") var ingress = false
  @Flag(name: .customLong("internal"), help: "No way out of the machine.") var isInternal = false
  @Option(parsing: .singleValue, help: ArgumentHelp("The part of a subnet that addresses are given from.", valueName: "subnet"))
  var ipRange: [String] = []
  @Option(help: "default.") var ipamDriver = "default"
  @Option(parsing: .singleValue, help: ArgumentHelp("Not supported.", valueName: "key=value")) var ipamOpt: [String] = []
  @Flag(name: .customLong("ipv4"), inversion: .prefixedNo, help: "IPv4 addresses.") var ipv4 = true
  @Flag(name: .customLong("ipv6"), inversion: .prefixedNo, help: "IPv6 addresses.") var ipv6 = false
  @Option(parsing: .singleValue, help: ArgumentHelp("A label.", valueName: "key=value")) var label: [String] = []
  @Option(
    name: [.customShort("o"), .customLong("opt")], parsing: .singleValue,
    help: ArgumentHelp("An option of the driver.", valueName: "key=value"))
  var opt: [String] = []
  @Option(help: "local.") var scope: String?
  @Option(parsing: .singleValue, help: ArgumentHelp("A subnet: of a bridge one of IPv4, one of IPv6.", valueName: "subnet"))
  var subnet: [String] = []
  @Argument(help: "Its name.") var name: String

  func perform(_ context: Context) async throws -> Int32 {
    if configFrom != nil { throw Exit(1, "networks of configuration only are not supported\n  hint: remove --config-from") }
    var asked = NetworkCreation(name: name)
    asked.driver = driver
    asked.scope = scope
    asked.isInternal = isInternal
    asked.isAttachable = attachable
    asked.isIngress = ingress
    asked.isOnlyConfiguration = configOnly
    asked.hasIPv4 = ipv4
    asked.hasIPv6 = ipv6
    asked.labels = try labels(label)
    asked.options = try pairs(opt, of: "--opt")
    asked.addresses = NetworkAddresses(
      driver: ipamDriver, options: try pairs(ipamOpt, of: "--ipam-opt"),
      pools: try NetworkPools(subnets: subnet, ranges: ipRange, gateways: gateway, others: try pairs(auxAddress, of: "--aux-address")).list)
    let made = try await context.engine().createNetwork(asked)
    context.output.write(made.id + "\n")
    return 0
  }

  private func pairs(_ texts: [String], of flag: String) throws -> [String: String] {
    var pairs: [String: String] = [:]
    for text in texts {
      let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
      guard parts.count == 2, !parts[0].isEmpty else { throw Exit(1, "\(flag) \"\(visible(text))\" is not one; write it as KEY=VALUE") }
      pairs[parts[0]] = parts[1]
    }
    return pairs
  }
}
