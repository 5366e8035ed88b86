import ArgumentParser
import Diagnostics
import EngineClient
import Reconciler
import StackModel

/// `muster container port`.
struct ContainerPort: StackCommand {
  static let configuration = CommandConfiguration(
    commandName: "port", abstract: "Print where a container's ports are published.",
    discussion: "Example: muster container port shop-web-1 80/tcp")
  @Argument(help: "A name or an id.") var container: String
  @Argument(help: ArgumentHelp("Only of this one.", valueName: "port[/protocol]")) var port: String?

  func perform(_ context: Context) async throws -> Int32 {
    let found = try await context.engine().container(container)
    let wanted = port.map { $0.contains("/") ? $0 : $0 + "/tcp" }
    let ports = found.ports.filter { $0.published != nil }.sorted { ($0.target, $0.published ?? 0) < ($1.target, $1.published ?? 0) }
    let lines = ports.compactMap { port -> String? in
      let name = "\(port.target)/\(port.transport.rawValue)"
      guard wanted == nil || wanted == name else { return nil }
      let address = port.hostAddress.map { $0.contains(":") ? "[\($0)]" : $0 } ?? "0.0.0.0"
      return (wanted == nil ? "\(name) -> " : "") + "\(address):\(port.published ?? 0)"
    }
    if lines.isEmpty, let wanted { throw Exit(1, "no public port '\(visible(wanted))' published for \(visible(found.spec.name))") }
    for line in lines { context.output.write(line + "\n") }
    return 0
  }
}
