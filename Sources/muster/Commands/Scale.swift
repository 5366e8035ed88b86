import ArgumentParser
import Backend
import Diagnostics
import EngineClient
import Reconciler
import StackLoader
import StackModel

/// `muster scale`.
struct Scale: StackCommand {
  static let canBeTried = true
  static let configuration = CommandConfiguration(
    commandName: "scale", abstract: "Change how many containers services have.", discussion: "Example: muster scale web=3")
  @Flag(help: "Do not start the services that these need.") var noDeps = false
  @Argument(help: ArgumentHelp("How many of which.", valueName: "service=number")) var services: [String]

  func perform(_ context: Context) async throws -> Int32 {
    var options = UpOptions()
    for text in services {
      let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
      guard parts.count == 2, let count = Int(parts[1]), count >= 0 else { throw Exit(1, "\(visible(text)): write SERVICE=NUMBER") }
      options.scale[ServiceName(parts[0])] = count
    }
    let names = options.scale.keys.map(\.rawValue).sorted()
    let loaded = try context.load(names)
    let known = loaded.stack.services.keys.map(\.rawValue)
    for name in names where !known.contains(name) { throw Exit(1, unknownName("service", name, among: known)) }
    options.services = names.map { ServiceName($0) }
    options.noDependencies = noDeps
    options.noRecreate = true
    let report = try await context.carryOut(.up(options), loaded.stack.name, loaded: loaded, title: "scale", on: try await context.engine())
    return report.succeeded ? 0 : 1
  }
}
