import Backend
import CLinux
import Diagnostics
import EngineClient
import Glibc
import LinuxKit
import StackLoader
import StackModel
import Terminal

/// What every command works with: the global options, the environment, the streams, the engine.
struct Context: Sendable {
  let options: StackOptions
  let output: Output
  let environment: [String: String]
  let location: EngineLocation
  /// How operations show how far they are; a subcommand may have a flag of its own for it.
  var progress: ProgressMode
  let ansi: StackOptions.Ansi
  /// Steps that the engine does at the same time; nil: as many as it likes.
  let parallelism: Int?

  /// Throws when the environment holds a setting that is none.
  init(options: StackOptions, output: Output) throws {
    self.options = options
    self.output = output
    environment = processEnvironment()
    location = .fromEnvironment()
    let settings = ComposeSettings(environment)
    progress = try options.progress ?? settings.progress() ?? .auto
    ansi = try options.ansi ?? settings.ansi() ?? .auto
    parallelism = try ComposeSettings.parallelism(options.parallel, "--parallel") ?? settings.parallelism()
  }

  /// The style of standard output (`error`: of standard error).
  func style(error: Bool = false, noColour: Bool = false) -> Style {
    switch ansi {
    case .never: .plain
    case .always: Style(hasColour: !noColour)
    case .auto: Style(isTerminal: error ? output.isErrorTerminal : output.isTerminal, environment: environment, noColour: noColour)
    }
  }

  /// A client of the engine, which is started when it does not run.
  func engine() async throws -> EngineClient { try await traced("connect") { try await EngineClient.connectOrStart(location) } }

  /// What the stack files say. Findings go to standard error; a file with errors ends the command.
  ///
  /// - Parameter runs: The stack is to be carried out: what cannot be honoured ends the command too, hints included under `--strict`.
  ///   Otherwise it is only told about.
  func load(_ services: [String] = [], profiles: [String] = [], interpolates: Bool = true, runs: Bool = true) throws -> LoadedStack {
    try load(request(services, profiles: profiles, interpolates: interpolates), runs: runs)
  }

  func load(_ request: LoadRequest, runs: Bool, reader: some FileReader = HostFiles()) throws -> LoadedStack {
    let found = traced("load") { loadStack(request, reader: reader) }
    for (key, value) in found.value?.values ?? [:] where key.hasPrefix("secrets.") { output.hide(Array(value.utf8)) }
    let diagnostics = found.diagnostics.map { diagnostic in
      guard diagnostic.finding != nil else { return diagnostic }
      var told = diagnostic
      if options.strict { told.severity = .error } else if !runs { told.severity = .warning }
      return told
    }
    report(diagnostics)
    guard let loaded = found.value, !diagnostics.contains(where: { $0.severity == .error }) else { throw Exit(1) }
    return loaded
  }

  /// The project that is meant, without reading more of the stack files than its name.
  func project() throws -> ProjectName {
    let found = projectName(for: request([]))
    report(found.diagnostics)
    guard let name = found.value else { throw Exit(1) }
    return name
  }

  /// The services, jobs and services of inactive profiles of the stack file that is there; nil: there is none, or it cannot be read.
  func declared() -> Set<ServiceName>? {
    guard let stack = loadStack(request([]), reader: HostFiles()).value?.stack else { return nil }
    let jobs = (stack.jobs ?? [:]).keys.map(\.service)
    return Set(stack.services.keys).union(stack.disabledServices.keys).union(jobs)
  }

  private func report(_ diagnostics: [Diagnostic]) {
    guard !diagnostics.isEmpty else { return }
    let renderer = DiagnosticRenderer(style: style(error: true).hasColour ? .colour : .plain)
    output.notice(renderer.render(inOrder(diagnostics)))
  }

  /// What the global options and the environment ask to be loaded.
  func request(_ services: [String], profiles: [String] = [], interpolates: Bool = true) -> LoadRequest {
    var request = LoadRequest(
      files: options.files, projectDirectory: options.projectDirectory, projectName: options.projectName, envFiles: options.envFiles,
      profiles: options.profiles + profiles, services: services, environment: environment, currentDirectory: currentDirectory(),
      interpolates: interpolates)
    request.allResources = options.allResources
    return request
  }
}

/// Nanoseconds since 1970, as the engine's times.
func now() -> Int64 { WallClock.nanoseconds() }

func currentDirectory() -> String {
  guard let path = getcwd(nil, 0) else { return "/" }
  defer { free(path) }
  return String(cString: path)
}

private func processEnvironment() -> [String: String] {
  var found: [String: String] = [:]
  guard var next = clinux_environ() else { return found }
  while let entry = next.pointee {
    let text = String(cString: entry)
    if let equals = text.firstIndex(of: "=") { found[String(text[..<equals])] = String(text[text.index(after: equals)...]) }
    next += 1
  }
  return found
}
