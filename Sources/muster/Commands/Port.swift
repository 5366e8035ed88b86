import ArgumentParser
import EngineClient
import Reconciler
import StackModel

/// `muster port`.
struct Port: StackCommand {
  static let canBeTried = true
  static let configuration = CommandConfiguration(commandName: "port", abstract: "Print where a container's port is published.")
  @Option(help: "tcp or udp.") var `protocol`: Transport = .tcp
  @Option(help: "Which container of the service.") var index = 1
  @Argument var service: String
  @Argument(help: "The container's port.") var privatePort: UInt16

  enum Transport: String, ExpressibleByArgument, CaseIterable { case tcp, udp }

  func perform(_ context: Context) async throws -> Int32 {
    let observed = try await context.engine().observe(try context.project())
    let found = observed.containers.first { $0.spec.service.rawValue == service && $0.spec.number == index && !$0.spec.isOneOff }
    guard let found else { throw Exit(1, "service \"\(service)\" has no container \(index)") }
    let ports = found.ports.filter { $0.target == privatePort && $0.transport.rawValue == `protocol`.rawValue && $0.published != nil }
    guard !ports.isEmpty else { throw Exit(1, "no port \(privatePort)/\(`protocol`.rawValue) for container \(found.spec.name)") }
    for port in ports {
      let address = port.hostAddress ?? "0.0.0.0"
      context.output.write("\(address.contains(":") ? "[\(address)]" : address):\(port.published ?? 0)\n")
    }
    return 0
  }
}
