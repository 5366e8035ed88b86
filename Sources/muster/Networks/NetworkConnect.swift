import ArgumentParser
import Backend
import Diagnostics
import EngineClient

/// `muster network connect`.
struct NetworkConnect: StackCommand {
  static let configuration = CommandConfiguration(
    commandName: "connect", abstract: "Put a container on a network, also while it runs.",
    discussion: """
      It stays there until 'network disconnect', or the next 'up' of its stack, which makes it what the stack file says.
      Example: muster network connect --alias db shared shop-db-1
      """)
  @Option(parsing: .singleValue, help: ArgumentHelp("A further name of the container on the network.", valueName: "name")) var alias:
    [String] = []
  @Option(parsing: .singleValue, help: ArgumentHelp("An option of the interface.", valueName: "key=value")) var driverOpt: [String] = []
  @Option(help: ArgumentHelp("The network with the highest has the default route.", valueName: "number")) var gwPriority: Int?
  @Option(help: ArgumentHelp("Its IPv4 address.", valueName: "address")) var ip: String?
  @Option(name: .customLong("ip6"), help: ArgumentHelp("Its IPv6 address.", valueName: "address")) var ip6: String?
  @Option(parsing: .singleValue, help: ArgumentHelp("Another container under a name of its own.", valueName: "container[:alias]"))
  var link: [String] = []
  @Option(
    name: .customLong("link-local-ip"), parsing: .singleValue,
    help: ArgumentHelp("A further address, of the link only.", valueName: "address"))
  var linkLocal: [String] = []
  @Argument(help: "The network's name or id.") var network: String
  @Argument(help: "The container's name or id.") var container: String

  func perform(_ context: Context) async throws -> Int32 {
    var place = NetworkConnection.Place()
    place.aliases = alias
    place.links = link
    place.gatewayPriority = gwPriority
    place.addresses = .init(ipv4: ip, ipv6: ip6, linkLocal: linkLocal)
    var options: [String: String] = [:]
    for text in driverOpt {
      let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
      guard parts.count == 2 else { throw Exit(1, "--driver-opt \"\(visible(text))\" is not one; write it as KEY=VALUE") }
      options[parts[0]] = parts[1]
    }
    place.options = options
    try await context.engine().connectNetwork(network, NetworkConnection(container: container, place: place))
    return 0
  }
}
