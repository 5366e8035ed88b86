import ArgumentParser
import Backend
import Diagnostics
import EngineClient
import Reconciler
import StackLoader
import StackModel
import Terminal

/// `muster build`.
struct Build: StackCommand {
  static let canBeTried = true
  static let configuration = CommandConfiguration(commandName: "build", abstract: "Build services' images.")
  @Flag(help: "Do every step anew.") var noCache = false
  @Option(help: ArgumentHelp("An argument of the Dockerfile.", valueName: "name=value")) var buildArg: [String] = []
  @Flag(help: "Only look for what is wrong in the Dockerfiles, or better done otherwise.") var check = false
  @Flag(help: "Only show the builds as a file of docker buildx bake.") var print = false
  @Flag(help: "Look for newer base images.") var pull = false
  @Flag(help: "Put what was built into its registry.") var push = false
  @Flag(help: "Build what the services need too.") var withDependencies = false
  @Flag(name: .shortAndLong, help: "Show nothing.") var quiet = false
  @Option(
    parsing: .singleValue, help: ArgumentHelp("An SSH agent for RUN --mount=type=ssh: default, or a name of it.", valueName: "id[=socket]"))
  var ssh: [String] = []
  @Option(help: "How to show it: auto, tty, plain, json or quiet (default: the global option).", transform: progressMode) var progress:
    ProgressMode?
  @OptionGroup var idle: IdleBuildOptions
  @Argument(help: "Services and jobs; none: all that have a build section.") var services: [String] = []

  func perform(_ given: Context) async throws -> Int32 {
    var context = given
    if let progress { context.progress = progress }
    idle.tell(context.output)
    let loaded = try context.load(services, runs: !check && !print)
    var stack = loaded.stack
    let agents = try buildAgents(ssh, context)
    if !agents.isEmpty {
      stack.changeBuilds { build in
        var options = build.options ?? BuildOptions()
        options.agents = (options.agents ?? [:]).merging(agents) { $1 }
        build.options = options
      }
    }
    if let date = context.environment["SOURCE_DATE_EPOCH"] {
      stack.changeBuilds { $0.arguments["SOURCE_DATE_EPOCH"] = $0.arguments["SOURCE_DATE_EPOCH"] ?? date }
    }
    for entry in buildArg {
      let parts = entry.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
      // Without a value: the environment's.
      guard let value = parts.count == 2 ? parts[1] : context.environment[parts[0]], !parts[0].isEmpty else { continue }
      stack.changeBuilds { $0.arguments[parts[0]] = value }
    }
    if pull {
      stack.changeBuilds { build in
        var requests = build.requests ?? BuildRequests()
        requests.pullsBase = true
        build.requests = requests
      }
    }
    let named = services.map { ServiceName($0) }
    let chosen =
      withDependencies ? stack.needed(by: named).filter { named.contains($0) || stack.servicesAndJobs[$0]?.build != nil }.sorted() : named
    if print { return try show(stack, chosen, context) }
    if check { return try await check(stack, chosen, context) }
    let engine = try await context.engine()
    let operation = Operation.build(services: chosen, noCache: noCache)
    let report = try await context.carryOut(
      operation, stack.name, loaded: loaded, stack: stack, title: "build", on: engine, quiet: quiet)
    guard report.succeeded, push else { return report.succeeded ? 0 : 1 }
    let pushed = try await context.carryOut(
      .push(services: chosen, dependencies: false), stack.name, loaded: loaded, title: "push", on: engine, quiet: quiet)
    return pushed.succeeded ? 0 : 1
  }

  private func show(_ stack: Stack, _ chosen: [ServiceName], _ context: Context) throws -> Int32 {
    var notes: [String] = []
    let file = BakeFile(stack, chosen: chosen, .init(pushes: push, checks: check, noCache: noCache), notes: &notes)
    for note in notes { context.output.error("warning: " + visible(note)) }
    context.output.write(try jsonText(file, isPretty: true) + "\n")
    return 0
  }

  /// Each Dockerfile once, whatever number of services is built from it.
  private func check(_ stack: Stack, _ chosen: [ServiceName], _ context: Context) async throws -> Int32 {
    let engine = try await context.engine()
    var seen: [BuildSpec] = []
    var status: Int32 = 0
    for (name, service) in stack.servicesAndJobs.sorted(by: { $0.key < $1.key }) where chosen.isEmpty || chosen.contains(name) {
      guard var build = service.build else { continue }
      build.tags = []
      if seen.contains(build) { continue }
      seen.append(build)
      status = max(status, context.show(try await engine.checkBuild(ImageBuildRequest(spec: build, references: []))))
    }
    return status
  }
}
