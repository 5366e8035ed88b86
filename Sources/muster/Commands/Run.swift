import ArgumentParser
import Backend
import Diagnostics
import EngineClient
import Glibc
import Reconciler
import StackLoader
import StackModel

/// `muster run`.
struct Run: StackCommand {
  static let configuration = CommandConfiguration(
    commandName: "run", abstract: "Run a one-off command in a new container of a service, or a job."
  ).ofSubcommand
  @Flag(help: "Build the image before.") var build = false
  @Option(parsing: .singleValue, help: ArgumentHelp("A capability more.", valueName: "name")) var capAdd: [String] = []
  @Option(parsing: .singleValue, help: ArgumentHelp("A capability less, or ALL.", valueName: "name")) var capDrop: [String] = []
  @Flag(name: .shortAndLong, help: "Leave it running in the background and print its id.") var detach = false
  @Option(help: "Another entrypoint.") var entrypoint: String?
  @Option(name: .shortAndLong, help: ArgumentHelp("A variable.", valueName: "name=value")) var env: [String] = []
  @Option(parsing: .singleValue, help: ArgumentHelp("Variables, one a line.", valueName: "file")) var envFromFile: [String] = []
  @Option(name: .shortAndLong, parsing: .singleValue, help: ArgumentHelp("A label.", valueName: "name=value")) var label: [String] = []
  @Flag(name: .shortAndLong, inversion: .prefixedNo, help: ArgumentHelp("Pass standard input on.", visibility: .hidden)) var interactive =
    true
  @Flag(name: [.customShort("T"), .customLong("no-tty"), .customLong("no-TTY")], help: "No terminal (default: one when this is one).")
  var noTTY = false
  @Option(help: "The container's name.") var name: String?
  @Flag(help: "Do not start the services that this one needs.") var noDeps = false
  @Option(name: .shortAndLong, help: ArgumentHelp("Publish a port.", valueName: "[[address:]port:]port[/udp]")) var publish: [String] = []
  @Option(help: "Pull images before: always, missing or never (default: each service's pull_policy).") var pull: String?
  @Flag(name: .shortAndLong, help: "Show nothing of what is done before.") var quiet = false
  @Flag(help: "Show no output of builds.") var quietBuild = false
  @Flag(help: "Show no progress of pulls.") var quietPull = false
  @Flag(help: "Remove containers of services that are not in the stack file.") var removeOrphans = false
  @Flag(help: "Remove the container when it ends.") var rm = false
  @Flag(name: [.customShort("P"), .long], help: "Publish the service's ports.") var servicePorts = false
  @Flag(help: "Answer to the service's names on its networks.") var useAliases = false
  @Option(name: .shortAndLong, help: ArgumentHelp("The user.", valueName: "user[:group]")) var user: String?
  @Option(name: .shortAndLong, help: ArgumentHelp("A bind mount or volume.", valueName: "source:target[:ro]")) var volume: [String] = []
  @Option(name: .shortAndLong, help: "The working directory.") var workdir: String?
  @Argument var service: String
  @Argument(parsing: .captureForPassthrough) var command: [String] = []

  func validate() throws {
    if let pull, !["always", "missing", "never"].contains(pull) { throw ValidationError("--pull: always, missing or never") }
  }

  func perform(_ context: Context) async throws -> Int32 {
    let loaded = try context.load([service])
    let key = ServiceName(service)
    if loaded.stack.jobs?[JobName(service)] != nil { return try await runJob(loaded.stack.name, context) }
    guard let declared = loaded.stack.services[key] else { throw Exit(1, "no such service: \(service)") }
    let engine = try await context.engine()
    if try context.orphans(removeOrphans).removes, try await context.removeOrphans(of: loaded.stack, on: engine) != 0 { return 1 }
    guard try await prepare(declared, loaded, context, engine) else { return 1 }
    let hasTerminal = !detach && !noTTY && isatty(0) == 1 && isatty(1) == 1
    var run = SessionRequest.Run(
      project: loaded.stack.name, stack: loaded.stack, service: key,
      options: try options(declared.options, hasTerminal: hasTerminal, loaded.stack, context))
    run.name = name
    run.removesAfter = rm
    run.isDetached = detach
    run.usesAliases = useAliases
    run.values = loaded.values
    run.caller = .own
    let session = Session(
      request: .run(run), hasTerminal: hasTerminal, isInteractive: interactive && !detach, forwardsSignals: !hasTerminal && !detach,
      printsID: detach)
    return try await session.run(on: engine, context.output)
  }

  /// As `muster job run`: a job is run as its stack file says.
  private func runJob(_ project: ProjectName, _ context: Context) async throws -> Int32 {
    let texts = capAdd + capDrop + env + envFromFile + label + publish + volume + [entrypoint, name, pull, user, workdir].compactMap { $0 }
    guard texts.isEmpty, withoutTerminator(command).isEmpty, !build, !noDeps, !servicePorts, !useAliases else {
      throw Exit(
        1,
        "\"\(Diagnostics.visible(service))\" is a job, which runs as its stack file says: options but --detach, and a command, are for services"
      )
    }
    return try await context.run(JobName(service), of: project, detach: detach)
  }

  /// The image, what the service needs, and its networks and volumes. False: something failed.
  private func prepare(_ declared: Service, _ loaded: LoadedStack, _ context: Context, _ engine: EngineClient) async throws -> Bool {
    let project = loaded.stack.name
    let filter = EventFilter(hidesBuilds: quietBuild, hidesPulls: quietPull)
    func carryOut(_ operation: Operation, _ title: String) async throws -> Bool {
      try await context.carryOut(operation, project, loaded: loaded, title: title, on: engine, quiet: quiet, filter: filter).succeeded
    }
    if pull == "always", declared.build == nil {
      let operation = Operation.pull(services: [declared.name], dependencies: false, policy: .always, ignoresBuildable: true)
      guard try await carryOut(operation, "pull") else { return false }
    }
    let observed = try await engine.observe(project)
    let steps = declared.build == nil ? [] : try await engine.plan(up(declared, loaded, scale: 1)).steps
    let isMissing = steps.contains {
      if case .buildImage(_, _, let service) = $0.action { service == declared.name } else { false }
    }
    if build || isMissing {
      let operation = Operation.build(services: [declared.name], noCache: false)
      guard try await carryOut(operation, "build") else { return false }
    }
    // A service that has containers has its networks and volumes; its containers are left alone.
    let hasContainers = observed.containers.contains { $0.spec.service == declared.name && !$0.spec.isOneOff }
    let request: StackRequest
    if hasContainers {
      guard !noDeps, !declared.dependsOn.isEmpty else { return true }
      var options = UpOptions()
      options.services = declared.dependsOn.keys.filter { loaded.stack.services[$0] != nil }.sorted()
      options.noRecreate = true
      options.build = .ifMissing
      options.pull = pull.flatMap { PullPolicy(rawValue: $0) }
      guard !options.services.isEmpty else { return true }
      request = StackRequest(project: project, stack: loaded.stack, operation: .up(options), values: loaded.values)
    } else {
      request = up(declared, loaded, scale: 0)
    }
    return try await carryOut(request.operation, "run")
  }

  /// An `up` of what the service needs, without a container of its own.
  private func up(_ declared: Service, _ loaded: LoadedStack, scale: Int) -> StackRequest {
    var options = UpOptions()
    options.services = [declared.name]
    options.scale = [declared.name: scale]
    options.noRecreate = true
    options.noDependencies = noDeps
    options.pull = pull.flatMap { PullPolicy(rawValue: $0) }
    return StackRequest(project: loaded.stack.name, stack: loaded.stack, operation: .up(options), values: loaded.values)
  }

  /// The service's options with the command line's changes.
  private func options(_ service: ContainerOptions, hasTerminal: Bool, _ stack: Stack, _ context: Context) throws -> ContainerOptions {
    var options = service
    let command = withoutTerminator(command)
    if let entrypoint {
      options.entrypoint = entrypoint.isEmpty ? [] : try words(entrypoint)
      options.command = command
    } else if !command.isEmpty {
      options.command = command
    }
    for file in envFromFile { options.environment.merge(try variables(environmentLines(file), context)) { $1 } }
    options.environment.merge(try variables(env, context)) { $1 }
    options.labels.merge(try labels(label)) { $1 }
    // What the command line says comes after what the file says.
    options.capAdd = options.capAdd.filter { !capDrop.contains($0) } + capAdd
    options.capDrop = options.capDrop.filter { !capAdd.contains($0) } + capDrop
    if let user { options.user = user }
    if let workdir { options.workingDirectory = workdir }
    options.hasTerminal = hasTerminal
    options.isInteractive = interactive && !detach
    options.restart = .no
    options.ports = (servicePorts ? service.ports : []) + (try publish.map(portMapping))
    for entry in volume {
      let mount = try mount(entry, stack)
      options.mounts.removeAll { $0.target == mount.target }
      options.mounts.append(mount)
    }
    return options
  }
}
