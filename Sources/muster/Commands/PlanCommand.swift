import ArgumentParser
import Backend
import EngineClient
import FoundationEssentials
import Reconciler
import StackLoader
import StackModel
import Terminal

/// `muster plan`: what `up` would do.
struct PlanCommand: StackCommand {
  static let configuration = CommandConfiguration(
    commandName: "plan", abstract: "Show what 'up' would do, and why. Changes nothing.")

  @OptionGroup var common: UpArguments
  @Option(help: "text or json.") var format: Format = .text
  @Flag(help: "Return 2 when there is something to do.") var detailedExitcode = false
  @Flag(help: "Leave out the services that others need.") var noDeps = false
  @Argument(help: "Services; none: all.") var services: [String] = []

  enum Format: String, ExpressibleByArgument, CaseIterable { case text, json }

  func perform(_ context: Context) async throws -> Int32 {
    let loaded = try context.load(services)
    var options = try common.options(services)
    options.noDependencies = noDeps
    let request = StackRequest(project: loaded.stack.name, stack: loaded.stack, operation: .up(options), values: loaded.values)
    let plan = try await context.engine().plan(request)
    switch format {
    case .text: context.output.write(PlanView(style: context.style()).text(plan))
    case .json: context.output.write(try jsonText(plan, isPretty: true) + "\n")
    }
    return detailedExitcode && !plan.isEmpty ? 2 : 0
  }
}

/// A value in JSON with sorted keys.
func jsonText(_ value: some Encodable, isPretty: Bool = false) throws -> String {
  let encoder = JSONEncoder()
  encoder.outputFormatting = isPretty ? [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes] : [.sortedKeys, .withoutEscapingSlashes]
  return String(decoding: try encoder.encode(value), as: UTF8.self)
}
