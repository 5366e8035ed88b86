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
  static let canBeTried = true
  static let configuration = CommandConfiguration(
    commandName: "plan", abstract: "Show what 'up' would do, and why. Changes nothing."
  ).ofSubcommand

  @OptionGroup var common: UpArguments
  @Option(help: "text or json.") var format: Format = .text
  @Flag(help: "Return 0 when there is nothing to do, 2 when there is something, 1 after an error.") var detailedExitcode = false
  @Option(help: ArgumentHelp("Keep the plan in a file, for 'up --plan'.", valueName: "file")) var out: String?
  @Flag(help: "Leave out the services that others need.") var noDeps = false
  @Argument(help: "Services; none: all.") var services: [String] = []

  enum Format: String, ExpressibleByArgument, CaseIterable { case text, json }

  func perform(_ context: Context) async throws -> Int32 {
    let reader = NotingReader(HostFiles())
    let loaded = try context.load(context.request(services), runs: true, reader: reader)
    var options = try common.options(services)
    options.noDependencies = noDeps
    try context.add(to: &options, removesOrphans: common.removeOrphans)
    let request = StackRequest(project: loaded.stack.name, stack: loaded.stack, operation: .up(options), values: loaded.values)
    let engine = try await context.engine()
    let isEmpty: Bool
    if format == .text, out == nil {
      let outline = try await engine.outline(request, digest: loaded.values.isEmpty ? context.digest(of: reader) : nil)
      context.output.write(PlanView(style: context.style()).text(outline))
      isEmpty = outline.isEmpty
    } else {
      let plan = try await whole(request, engine)
      switch format {
      case .text: context.output.write(PlanView(style: context.style()).text(plan))
      case .json: context.output.write(try jsonText(plan.withoutSensitiveValues, isPretty: true) + "\n")
      }
      isEmpty = plan.isEmpty
    }
    return detailedExitcode && !isEmpty ? 2 : 0
  }

  /// The plan with all that is in it, kept in the file where one is asked for.
  private func whole(_ request: StackRequest, _ engine: EngineClient) async throws -> Plan {
    guard let out else { return try await engine.plan(request) }
    let prepared = try await engine.prepare(request)
    try PlanFile(path: out).write(SavedPlan(prepared, of: request, madeAt: now()))
    return prepared.plan
  }
}

/// A value in JSON with sorted keys.
func jsonText(_ value: some Encodable, isPretty: Bool = false) throws -> String {
  let encoder = JSONEncoder()
  encoder.outputFormatting = isPretty ? [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes] : [.sortedKeys, .withoutEscapingSlashes]
  return String(decoding: try encoder.encode(value), as: UTF8.self)
}
