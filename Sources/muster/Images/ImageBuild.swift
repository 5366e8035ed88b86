import ArgumentParser
import Backend
import Diagnostics
import EngineClient
import Glibc
import LinuxKit
import OCI
import StackModel
import Terminal

/// `muster image build`.
struct ImageBuild: StackCommand {
  static let configuration = CommandConfiguration(
    commandName: "build", abstract: "Build an image from a Dockerfile.",
    discussion: "Example: muster image build -t shop/web:2 --build-arg VERSION=2 .")
  @Option(name: .shortAndLong, help: ArgumentHelp("A name for the image; may be repeated.", valueName: "name[:tag]")) var tag: [String] = []
  @Option(name: .shortAndLong, help: ArgumentHelp("The Dockerfile; '-' is standard input (default: PATH/Dockerfile).", valueName: "path"))
  var file: String?
  @Option(help: ArgumentHelp("An argument of the Dockerfile; without a value, the environment's.", valueName: "name=value"))
  var buildArg: [String] = []
  @Option(help: ArgumentHelp("A directory, git repository or docker-image:// that FROM and --from know by a name.", valueName: "name=path"))
  var buildContext: [String] = []
  @Option(
    help: ArgumentHelp("A cache to look for results in: an image's name, or type=registry or local with ref= or src=.", valueName: "cache"))
  var cacheFrom: [String] = []
  @Option(
    help: ArgumentHelp("A cache to leave: a name, or type=registry, local or inline with ref= or dest=, mode=max.", valueName: "cache"))
  var cacheTo: [String] = []
  @Option(help: ArgumentHelp("The stage to build.", valueName: "stage")) var target: String?
  @Option(help: ArgumentHelp("A label of the image.", valueName: "name=value")) var label: [String] = []
  @Option(help: ArgumentHelp("A secret for RUN --mount=type=secret.", valueName: "id=name[,src=path|,env=variable]"))
  var secret: [String] = []
  @Option(parsing: .singleValue, help: ArgumentHelp("An SSH agent for RUN --mount=type=ssh.", valueName: "id[=socket]")) var ssh: [String] =
    []
  @Option(help: ArgumentHelp("A line of /etc/hosts while it is built.", valueName: "host:address")) var addHost: [String] = []
  @Flag(help: "Only look for what is wrong in the Dockerfile, or better done otherwise.") var check = false
  @Option(help: ArgumentHelp("The network of RUN: default, none or host.", valueName: "mode")) var network = "default"
  @Option(help: ArgumentHelp("The platform; this machine's is the only one.", valueName: "os/arch")) var platform: String?
  @Flag(help: "Do every step anew.") var noCache = false
  @Option(help: ArgumentHelp("Do every step of this stage anew.", valueName: "stage")) var noCacheFilter: [String] = []
  @Option(help: "How to show it: auto, tty, plain, json or quiet (default: the global option).", transform: progressMode) var progress:
    ProgressMode?
  @Flag(help: "Look for newer base images.") var pull = false
  @Option(help: ArgumentHelp("Of /dev/shm while it is built.", valueName: "bytes")) var shmSize: String?
  @Option(parsing: .singleValue, help: ArgumentHelp("A limit of processes while it is built.", valueName: "name=soft[:hard]"))
  var ulimit: [String] = []
  @OptionGroup var idle: IdleBuildOptions
  @Option(help: ArgumentHelp("Write the image's id to a file.", valueName: "path")) var iidfile: String?
  @Flag(name: .shortAndLong, help: "Show nothing but the image's id.") var quiet = false
  @Flag(help: ArgumentHelp("No effect: the image is here.", visibility: .hidden)) var load = false
  @Option(
    name: .shortAndLong, parsing: .singleValue,
    help: ArgumentHelp("Write the result too: DIRECTORY, -, or type=local, tar, oci, docker or registry, dest=PATH.", valueName: "output"))
  var output: [String] = []
  @Flag(help: "Put it into the registries that its names tell.") var push = false
  @Argument(
    help: "The build context: a directory, a git repository (URL[#REF[:DIRECTORY]]), or '-': an archive or Dockerfile on standard input.")
  var path: String

  func perform(_ given: Context) async throws -> Int32 {
    var context = given
    if let progress { context.progress = progress }
    idle.tell(context.output)
    let outputs = try output.map { try BuildOutput($0) } + (push ? [.registry] : [])
    if outputs.contains(.registry), tag.isEmpty { throw Exit(1, "there is no name to push the image by\n  hint: -t REGISTRY/NAME[:TAG]") }
    var request = try request(context)
    let piped = path == "-" ? try PipedContext() : nil
    if let piped { try piped.add(to: &request, file: file) }
    defer { withExtendedLifetime(piped) {} }
    let engine = try await context.engine()
    let asked = request
    if check { return context.show(try await engine.checkBuild(asked)) }
    let built = try await context.watching("build", quiet: quiet) { onEvent in try await engine.buildImage(asked, onEvent: onEvent) }
    if let iidfile {
      do throws(KernelError) {
        try Descriptor.open(iidfile, O_CREAT | O_TRUNC | O_WRONLY, mode: 0o644).writeAll(built.id.description)
      } catch { throw Exit(1, "--iidfile \(iidfile): \(error.reason)") }
    }
    if quiet { context.output.write("\(built.id)\n") }
    for output in outputs { try await output.write(built, names: tag, quiet: quiet, context, on: engine) }
    return 0
  }

  private func request(_ context: Context) throws -> ImageBuildRequest {
    let repository = GitSource(path)
    if let problem = repository?.problem { throw Exit(1, "the build context \(visible(path)): \(visible(problem))") }
    guard repository != nil || !path.isEmpty && !path.contains("://") && !path.hasPrefix("git@") else {
      throw Exit(1, "the build context \(visible(path)): it can be a directory of this machine, a git repository or '-'")
    }
    if path == "-", file == "-" { throw Exit(1, "invalid argument: can't use stdin for both build context and dockerfile") }
    if let platform, Platform(platform) != Platform.current {
      throw Exit(1, "--platform \(platform): this machine builds for \(Platform.current) only")
    }
    let isLocal = repository == nil && path != "-"
    let directory = isLocal ? absolute(path) : path
    var spec = BuildSpec(context: directory)
    if file == "-" {
      spec.inlineDockerfile = String(decoding: try Descriptor.duplicate(0).readAll(limit: 16 << 20), as: UTF8.self)
    } else {
      spec.dockerfile = isLocal ? file.map(absolute) ?? directory + "/Dockerfile" : file ?? "Dockerfile"
    }
    spec.target = target
    spec.arguments = try variables(buildArg, context, option: "--build-arg")
    if let date = context.environment["SOURCE_DATE_EPOCH"], spec.arguments["SOURCE_DATE_EPOCH"] == nil {
      spec.arguments["SOURCE_DATE_EPOCH"] = date
    }
    spec.labels = try labels(label)
    spec.noCache = noCache
    guard ["default", "none", "host"].contains(network) else {
      throw Exit(1, "--network \(network): default, none or host")
    }
    spec.network = network == "default" ? nil : network
    for entry in addHost {
      guard let cut = entry.firstIndex(where: { $0 == ":" || $0 == "=" }), cut > entry.startIndex else {
        throw Exit(1, "--add-host \(entry): write HOST:ADDRESS")
      }
      spec.extraHosts.append(ExtraHost(name: String(entry[..<cut]), address: String(entry[entry.index(after: cut)...])))
    }
    var options = BuildOptions()
    options.uncachedStages = noCacheFilter
    options.shmSize = try shmSize.map { try byteCount($0, "--shm-size") }
    options.ulimits = try ulimits()
    for (name, source) in try variables(buildContext, context, option: "--build-context") {
      if let repository = GitSource(source) {
        if let problem = repository.problem { throw Exit(1, "--build-context \(visible(name)): \(visible(problem))") }
        options.contexts[name] = .remote(source)
      } else {
        options.contexts[name] =
          source.hasPrefix("docker-image://") ? .image(String(source.dropFirst("docker-image://".count))) : .directory(absolute(source))
      }
    }
    let agents = try buildAgents(ssh, context)
    if !agents.isEmpty { options.agents = agents }
    var requests = BuildRequests()
    if pull { requests.pullsBase = true }
    if !cacheFrom.isEmpty { requests.cacheFrom = try caches(cacheFrom, .reading, option: "--cache-from") }
    if !cacheTo.isEmpty { requests.cacheTo = try caches(cacheTo, .writing, option: "--cache-to") }
    if !requests.isEmpty { spec.requests = requests }
    var request = ImageBuildRequest(spec: spec, references: tag)
    for entry in secret { try add(secret: entry, to: &options, &request, context) }
    request.spec.options = options
    let configuration = try DockerConfiguration(environment: context.environment)
    let registries = Set(configuration.registries).union(requests.cachedImages.compactMap { try? ImageReference($0).registry })
    request.credentials = try context.credentials(of: registries.sorted(), in: configuration)
    return request
  }

  private func ulimits() throws -> [String: Ulimit] {
    try pairs(ulimit, "--ulimit").mapValues { text in
      let parts = text.split(separator: ":", omittingEmptySubsequences: false).map { Int64($0) }
      guard parts.count <= 2, let soft = parts.first ?? nil, let hard = parts.last ?? nil else {
        throw Exit(1, "--ulimit \(visible(text)): write NAME=SOFT[:HARD]")
      }
      return Ulimit(soft: soft, hard: hard)
    }
  }

  /// `id=NAME[,src=FILE|,env=VARIABLE]`; with neither, the variable of that name or else the file.
  private func add(secret text: String, to options: inout BuildOptions, _ request: inout ImageBuildRequest, _ context: Context) throws {
    var fields: [String: String] = [:]
    for part in text.split(separator: ",") {
      let sides = part.split(separator: "=", maxSplits: 1).map(String.init)
      guard sides.count == 2, ["id", "src", "source", "env", "type"].contains(sides[0]) else {
        throw Exit(1, "--secret \(text): write id=NAME,src=FILE or id=NAME,env=VARIABLE")
      }
      fields[sides[0]] = sides[1]
    }
    guard let id = fields["id"] else { throw Exit(1, "--secret \(text): it has no id=") }
    let file = fields["src"] ?? fields["source"]
    let variable = fields["env"] ?? (file == nil && context.environment[id] != nil ? id : nil)
    options.secrets[id] = FileGrant(source: id, target: "/run/secrets/\(id)")
    if let variable {
      guard let value = context.environment[variable] else { throw Exit(1, "--secret \(text): the environment has no \(variable)") }
      context.output.hide(Array(value.utf8))
      request.secrets[id] = FileSource(origin: .environment(variable))
      request.values["secrets.\(id)"] = value
    } else {
      request.secrets[id] = FileSource(origin: .file(absolute(file ?? id)))
    }
  }

  /// What of them has no effect is told by the build.
  private func caches(_ written: [String], _ use: CachePlace.Use, option: String) throws -> [CachePlace] {
    try written.map { text in
      guard let place = CachePlace(text) else { throw Exit(1, "\(option) \(visible(text)): write a name, or type=TYPE,NAME=VALUE") }
      if let problem = place.problem(use) { throw Exit(1, "\(option) \(visible(text)): it \(visible(problem))") }
      if place.type == "registry" {
        do { _ = try ImageReference(place.name) } catch { throw Exit(1, "\(option): \(visible("\(error)"))") }
      }
      return place.located(absolute)
    }
  }

  private func absolute(_ path: String) -> String { path.hasPrefix("/") ? path : currentDirectory() + "/" + path }
}

extension Context {
  /// Shows what was found in a Dockerfile. Returns the exit status.
  func show(_ check: BuildCheck) -> Int32 {
    output.write(check.text(in: currentDirectory()))
    return check.warnings.isEmpty && check.problem == nil ? 0 : 1
  }
}
