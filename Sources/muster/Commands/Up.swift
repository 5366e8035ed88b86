import ArgumentParser
import Backend
import Diagnostics
import Reconciler
import StackLoader
import StackModel

/// `muster up`.
struct Up: StackCommand {
  static let canBeTried = true
  static let configuration = CommandConfiguration(commandName: "up", abstract: "Create and start containers.").ofSubcommand

  @OptionGroup var common: UpArguments
  @Option(
    help: ArgumentHelp(
      "Carry out what 'plan --out' has planned, or nothing when something has changed since.", valueName: "file")) var plan: String?
  @Flag(name: .shortAndLong, help: "Leave the containers running in the background.") var detach = false
  @Flag(help: "Wait until services are running or healthy. Implies --detach.") var wait = false
  @Option(help: ArgumentHelp("How long to wait.", valueName: "seconds")) var waitTimeout: Int?
  @Flag(help: "Only start it: what is taken away later, with its shim or the machine, is not started again but by its restart policy.")
  var noKeep = false
  @Flag(help: "Do not start the services that others need.") var noDeps = false
  @Flag(help: "Create the containers, do not start them.") var noStart = false
  @Option(
    name: .shortAndLong, parsing: .unconditional,
    help: ArgumentHelp("How long a container may take to stop; -1 for however long it takes.", valueName: "seconds")) var timeout: Int?
  @Flag(name: [.customShort("V"), .long], help: "Give containers new anonymous volumes.") var renewAnonVolumes = false
  @Flag(help: "No colours.") var noColor = false
  @Flag(help: "No container names before log lines.") var noLogPrefix = false
  @Flag(help: "Show the time of each log line.") var timestamps = false
  @Option(help: ArgumentHelp("Show only these services' output.", valueName: "service")) var attach: [String] = []
  @Option(help: ArgumentHelp("Do not show these services' output.", valueName: "service")) var noAttach: [String] = []
  @Flag(help: "Show the output of what the named services need too.") var attachDependencies = false
  @Flag(help: "Stop all containers when one ends.") var abortOnContainerExit = false
  @Flag(help: "Stop all containers when one ends with another exit code than 0.") var abortOnContainerFailure = false
  @Flag(help: "Make what the named services need anew, too.") var alwaysRecreateDeps = false
  @Flag(
    name: [.customShort("y"), .customLong("yes")], help: ArgumentHelp("Nothing: no question is asked.", visibility: .hidden)) var agrees =
    false
  @Flag(inversion: .prefixedNo, help: ArgumentHelp("Nothing: there is no menu.", visibility: .hidden)) var menu = false
  @Option(help: ArgumentHelp("Return this service's exit code. Implies --abort-on-container-exit.", valueName: "service"))
  var exitCodeFrom: String?
  @Flag(name: .shortAndLong, help: "Bring files that change into the containers, as 'watch' does.") var watch = false
  @Argument(help: "Services; none: all.") var services: [String] = []

  func validate() throws {
    if watch && (detach || wait || noStart || aborts || plan != nil) {
      throw ValidationError(
        "--watch cannot be combined with --detach, --wait, --no-start, --plan, --abort-on-container-exit or --exit-code-from")
    }
    if (detach || wait) && aborts {
      throw ValidationError(
        "--\(detach ? "detach" : "wait") cannot be combined with --abort-on-container-exit, --abort-on-container-failure or --exit-code-from"
      )
    }
    if abortOnContainerFailure && (abortOnContainerExit || exitCodeFrom != nil) {
      throw ValidationError("--abort-on-container-failure cannot be combined with --abort-on-container-exit or --exit-code-from")
    }
    if alwaysRecreateDeps && common.noRecreate { throw ValidationError("--always-recreate-deps and --no-recreate are incompatible") }
    if plan != nil, !services.isEmpty || !common.isEmpty || noDeps || alwaysRecreateDeps || noStart || renewAnonVolumes {
      throw ValidationError("--plan does what was planned: name services and options of 'up' in 'muster plan --out', not here")
    }
    if waitTimeout != nil && !wait { throw ValidationError("--wait-timeout needs --wait") }
  }

  func perform(_ context: Context) async throws -> Int32 {
    let saved = try plan.map { try PlanFile(path: $0).read() }
    let services = try saved.map(plannedServices) ?? services
    let reader = NotingReader(HostFiles())
    let loaded = try context.load(context.request(services), runs: true, reader: reader)
    if let saved, saved.project != loaded.stack.name {
      throw Exit(1, "--plan: it is a plan of the project \"\(visible(saved.project.rawValue))\", and this is \"\(loaded.stack.name)\"")
    }
    let shown = try shown(loaded.stack, services)
    var options = try plannedOptions(saved) ?? common.options(services)
    if saved == nil {
      options.noDependencies = noDeps
      options.recreatesDependencies = alwaysRecreateDeps ? true : nil
      options.starts = !noStart
      options.renewAnonymousVolumes = renewAnonVolumes
      // An end is what is waited for.
      options.runsAgain = aborts ? true : nil
      try context.add(to: &options, removesOrphans: common.removeOrphans)
    }
    options.timeout = timeout
    options.keeps = noKeep ? nil : true
    options.waits = wait
    let engine = try await context.engine()
    let watched = try watch ? StackWatch(context, engine, loaded, services: services, prunes: true, isQuiet: false) : nil
    let started = now()
    let report = try await context.carryOut(
      .up(options), loaded.stack.name, loaded: loaded, title: "up", on: engine, filter: common.filter, timeout: waitTimeout,
      expectation: saved?.expectation,
      digest: loaded.values.isEmpty && saved == nil ? context.digest(of: reader) : nil)
    guard report.succeeded else { return 1 }
    if detach || wait || context.options.dryRun || !options.starts || loaded.stack.services.isEmpty { return 0 }
    return try await Attachment(
      context: context, engine: engine, stack: loaded.stack, followed: followed(loaded.stack, services),
      shown: shown, since: started, timeout: timeout,
      aborting: abortOnContainerFailure ? .onFailure : abortOnContainerExit || exitCodeFrom != nil ? .onExit : .never,
      exitCodeFrom: exitCodeFrom.map { ServiceName($0) },
      watch: watched, style: context.style(noColour: noColor), hasPrefix: !noLogPrefix, hasTimestamps: timestamps
    ).follow()
  }

  /// The options that were planned with; nil: nothing was planned.
  private func plannedOptions(_ saved: SavedPlan?) throws -> UpOptions? {
    guard let saved else { return nil }
    guard case .up(let options) = saved.operation else { throw Exit(1, "--plan: it is not a plan of 'up'") }
    return options
  }

  private func plannedServices(_ saved: SavedPlan) throws -> [String] {
    try plannedOptions(saved)?.services.map(\.rawValue) ?? []
  }

  /// Whether the end of one container ends all.
  private var aborts: Bool { abortOnContainerExit || abortOnContainerFailure || exitCodeFrom != nil }

  /// The services whose containers' ends are waited for: those that were named, all where none was.
  private func followed(_ stack: Stack, _ services: [String]) -> Set<ServiceName> {
    if services.isEmpty { return Set(stack.services.keys) }
    return Set((services + (exitCodeFrom.map { [$0] } ?? [])).map { ServiceName($0) })
  }

  /// The services whose output is shown.
  private func shown(_ stack: Stack, _ services: [String]) throws -> [ServiceName] {
    for name in attach + noAttach + (exitCodeFrom.map { [$0] } ?? []) where stack.services[ServiceName(name)] == nil {
      throw Exit(1, "no such service: \(name)")
    }
    if let exitCodeFrom, !services.isEmpty, !stack.needed(by: services.map { ServiceName($0) }).contains(ServiceName(exitCodeFrom)) {
      throw Exit(1, "--exit-code-from: \(exitCodeFrom) is not among the services that are named, and none of them needs it")
    }
    var chosen = attach.isEmpty ? Set(stack.services.values.filter(\.isAttached).map(\.name)) : Set(attach.map { ServiceName($0) })
    if !services.isEmpty && attach.isEmpty {
      let named = services.map { ServiceName($0) }
      chosen.formIntersection(attachDependencies ? stack.needed(by: named) : Set(named))
    }
    return chosen.subtracting(noAttach.map { ServiceName($0) }).sorted()
  }
}
