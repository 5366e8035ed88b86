import ArgumentParser
import Backend
import EngineClient
import StackModel
import Terminal

/// `muster network ls`.
struct NetworkLs: StackCommand {
  static let configuration = CommandConfiguration(
    commandName: "ls", abstract: "List networks.", discussion: "Example: muster network ls --filter label=com.docker.compose.project=shop",
    aliases: ["list"])
  @Option(
    name: .shortAndLong, parsing: .singleValue,
    help: ArgumentHelp("dangling=, driver=, id=, label=KEY[=VALUE], name=, scope= or type=.", valueName: "filter")) var filter: [String] =
      []
  @Flag(name: .shortAndLong, help: "Only ids.") var quiet = false
  @Flag(help: "Whole ids.") var noTrunc = false
  @Option(help: "table, json, or a template: {{.Name}}") var format = "table"

  /// As `docker network ls --format json` prints one.
  private struct Entry: Encodable {
    var CreatedAt: String
    var Driver: String
    var ID: String
    var IPv4: String
    var IPv6: String
    var Internal: String
    var Labels: String
    var Name: String
    var Scope: String
  }

  func perform(_ context: Context) async throws -> Int32 {
    let format = try rowFormat(format)
    let filter = try NetworkFilter(arguments: filter)
    let engine = try await context.engine()
    var found: [NetworkSummary] = []
    for network in try await engine.networks() {
      // Who is on it is asked when it matters.
      let isUsed = filter.values["dangling"] == nil ? false : try await !engine.network(network.name).containers.isEmpty
      if filter.matches(network, isUsed: isUsed) { found.append(network) }
    }
    func id(_ network: NetworkSummary) -> String { noTrunc ? network.id : String(network.id.prefix(12)) }
    if quiet {
      for network in found { context.output.write(id(network) + "\n") }
      return 0
    }
    let entries = found.map { network in
      let labels = network.labels.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }.joined(separator: ",")
      return Entry(
        CreatedAt: network.created, Driver: network.driver, ID: id(network), IPv4: "\(network.hasIPv4)", IPv6: "\(network.hasIPv6)",
        Internal: "\(network.isInternal)", Labels: labels, Name: network.name, Scope: network.scope)
    }
    try context.write(entries, as: format, headings: ["ID": "NETWORK ID", "CreatedAt": "CREATED AT"]) {
      Table(["NETWORK ID", "NAME", "DRIVER", "SCOPE"], rows: found.map { [id($0), $0.name, $0.driver, $0.scope] })
    }
    return 0
  }
}
