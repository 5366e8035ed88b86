import ArgumentParser
import Backend
import EngineClient
import Glibc
import Reconciler
import StackLoader
import StackModel
import Terminal

/// `muster down`.
struct Down: StackCommand {
  static let canBeTried = true
  static let configuration = CommandConfiguration(commandName: "down", abstract: "Stop and remove containers and networks.").ofSubcommand
  @Flag(name: .shortAndLong, help: "Remove named and anonymous volumes too.") var volumes = false
  @Flag(help: "Remove containers of services that are not in the stack file.") var removeOrphans = false
  @Option(help: "Remove images: local (those built here without a name of their own) or all.") var rmi: Images?
  @Option(
    name: .shortAndLong, parsing: .unconditional,
    help: ArgumentHelp("How long a container may take to stop; -1 for however long it takes.", valueName: "seconds")) var timeout: Int?
  @Flag(name: .shortAndLong, help: "Do not ask before volumes go with their data.") var yes = false
  @Argument(help: "Services; none: all.") var services: [String] = []

  enum Images: String, ExpressibleByArgument, CaseIterable { case local, all }

  func perform(_ context: Context) async throws -> Int32 {
    var options = DownOptions()
    options.services = services.map { ServiceName($0) }
    options.volumes = volumes
    options.images = rmi.flatMap { DownOptions.Images(rawValue: $0.rawValue) }
    (options.removeOrphans, options.ignoresOrphans) = try context.orphans(removeOrphans)
    options.timeout = timeout
    // Without a readable file, what the engine knows of the project is enough; without any, all goes that is the project's.
    let project = try context.project()
    options.declared = context.declared()
    if options.declared == nil, !hasStackFile(for: context.request([])) { options.removeOrphans = true }
    let engine = try await context.engine()
    if volumes, !context.options.dryRun, !(try await agrees(to: options, project, context, engine)) { return 1 }
    let report = try await context.carryOut(.down(options), project, title: "down", on: engine)
    return report.succeeded ? 0 : 1
  }

  /// Says which volumes go, and asks whoever sits at a terminal.
  private func agrees(to options: DownOptions, _ project: ProjectName, _ context: Context, _ engine: EngineClient) async throws -> Bool {
    let plan = try await engine.plan(StackRequest(project: project, stack: nil, operation: .down(options)))
    let going = Set(
      plan.steps.compactMap { step -> VolumeName? in if case .removeVolume(let name) = step.action { name } else { nil } })
    let ends = plan.steps.contains { if case .removeContainer = $0.action { true } else { false } }
    let listed = try await engine.volumes(project).filter {
      going.contains($0.name) || ($0.isAnonymous && ends && options.services.isEmpty)
    }
    guard !listed.isEmpty else { return true }
    let isAsked = !yes && isatty(STDIN_FILENO) == 1 && context.output.isErrorTerminal
    if context.progress != .quiet || isAsked { context.output.notice(VolumeList(volumes: listed, now: now()).text) }
    guard isAsked else { return true }
    context.output.notice("? Remove \(listed.count == 1 ? "it" : "them") with all data [yN] ")
    guard let answer = readLine(), ["y", "yes"].contains(answer.lowercased()) else {
      context.output.error("Nothing is removed. Without --volumes, the volumes stay.")
      return false
    }
    return true
  }
}
