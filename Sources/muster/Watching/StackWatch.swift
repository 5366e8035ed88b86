import Backend
import Diagnostics
import EngineClient
import Glibc
import OCI
import Reconciler
import StackLoader
import StackModel
import Terminal

/// `develop.watch` of a stack: files that change on this machine are brought into the containers, or make them anew.
struct StackWatch: Sendable {
  let context: Context
  let engine: EngineClient
  let loaded: LoadedStack
  let trees: [TreeWatch]
  /// Images that a rebuild leaves without a name go.
  let prunes: Bool
  /// Nothing is shown of builds.
  let isQuiet: Bool
  private let batch = ChangeBatch()

  /// Begins to look at the files of these services (none: all).
  init(_ context: Context, _ engine: EngineClient, _ loaded: LoadedStack, services: [String], prunes: Bool, isQuiet: Bool) throws {
    self.context = context
    self.engine = engine
    self.loaded = loaded
    self.prunes = prunes
    self.isQuiet = isQuiet
    let chosen = loaded.stack.services.values.filter { services.isEmpty || services.contains($0.name.rawValue) }
    var trees: [TreeWatch] = []
    for service in chosen.sorted(by: { $0.name < $1.name }) {
      for rule in service.requests?.watch ?? [] {
        if let mount = Self.bind(of: service, over: rule) {
          context.output.error(
            "warning: service \"\(visible(service.name.rawValue))\": \(visible(rule.path)) is not watched: it is there already, bound to \(visible(mount))"
          )
          continue
        }
        trees.append(try TreeWatch(try WatchedPath(service, rule)))
      }
    }
    guard !trees.isEmpty else {
      throw Exit(
        1, "none of the selected services is configured for watch\n  hint: add develop: {watch: […]} to a service, or name another one")
    }
    self.trees = trees
  }

  /// Goes on until the task is cancelled.
  func run() async throws {
    try await withThrowingTaskGroup(of: Void.self) { group in
      defer { group.cancelAll() }
      for (number, tree) in trees.enumerated() {
        if tree.place.rule.syncsInitially, tree.place.rule.action != .rebuild { batch.add(number, try tree.everything()) }
        group.addTask {
          while !Task.isCancelled { batch.add(number, try await tree.changes()) }
        }
      }
      tell("Watch enabled")
      group.addTask { try await batch.each(carryOut) }
      try await group.next()
    }
  }

  /// A bind mount of the service in which the rule's path is, by its target.
  private static func bind(of service: Service, over rule: WatchRule) -> String? {
    guard rule.action != .rebuild, rule.action != .restart else { return nil }
    let path = WatchedPath.names(of: rule.path)
    for mount in service.options.mounts {
      if case .bind(let source, _, _) = mount.source, path.starts(with: WatchedPath.names(of: source)) { return mount.target }
    }
    return nil
  }

  /// What follows from changes. What fails is told, and watching goes on.
  private func carryOut(_ changes: [Int: Set<[[UInt8]]>]) async throws {
    let found = changes.sorted { $0.key < $1.key }.map { (rule: trees[$0.key].place, paths: $0.value) }
    let rebuilt = Set(found.filter { $0.rule.rule.action == .rebuild }.map(\.rule.service)).sorted()
    if !rebuilt.isEmpty { try await trying { try await rebuild(rebuilt) } }
    // What is built anew has everything that changed, and has just begun.
    let rest = found.filter { !rebuilt.contains($0.rule.service) }
    for service in Set(rest.map(\.rule.service)).sorted() {
      let own = rest.filter { $0.rule.service == service }
      try await trying {
        let synced = own.filter { $0.rule.rule.target != nil && $0.rule.rule.action != .restart }
        if !synced.isEmpty { try await sync(synced, to: service) }
        if own.contains(where: { [.restart, .syncAndRestart].contains($0.rule.rule.action) }) { try await restart(service) }
        var hooks: [Hook] = []
        for hook in own.filter({ $0.rule.rule.action == .syncAndRun }).compactMap(\.rule.rule.command) where !hooks.contains(hook) {
          hooks.append(hook)
        }
        for hook in hooks { try await perform(hook, in: service) }
      }
    }
  }

  private func trying(_ body: () async throws -> Void) async throws {
    do { try await body() } catch is CancellationError {
      throw CancellationError()
    } catch let error as Exit {
      tell("failed: " + (error.message ?? "exit status \(error.code)"))
    } catch let error as EngineError {
      tell("failed: " + text(of: error))
    }
  }

  private func rebuild(_ services: [ServiceName]) async throws {
    tell("Rebuilding \(names(services)) after changes were detected...")
    let before = try await images(of: services)
    var options = UpOptions()
    options.services = services
    options.build = .always
    options.noDependencies = true
    options.keeps = true
    guard try await stackOperation(.up(options), "up") else { return tell("\(names(services)) could not be built or started") }
    tell("\(names(services)) built and started")
    guard prunes else { return }
    let after = try await images(of: services)
    for image in try await engine.images() where before.contains(image.id) && !after.contains(image.id) && image.references.isEmpty {
      // A container of another stack may stand on it.
      _ = try? await engine.removeImage(image.id.description, force: false)
    }
  }

  private func restart(_ service: ServiceName) async throws {
    guard try await stackOperation(.restart(services: [service], timeout: nil, noDependencies: true), "restart") else { return }
    tell("\(names([service])) restarted")
  }

  /// Carries an operation out with the stack as it was read when watching began. Ctrl-C is the whole command's.
  private func stackOperation(_ operation: Operation, _ title: String) async throws -> Bool {
    let request = StackRequest(
      project: loaded.stack.name, stack: loaded.stack, operation: operation, values: loaded.values, caller: .own,
      credentials: try context.credentials(for: operation, loaded.stack))
    let report = try await context.carryOutBeside(request, title: title, on: engine, quiet: isQuiet)
    context.tellFailures(of: report)
    return report.succeeded
  }

  private func sync(_ changes: [(rule: WatchedPath, paths: Set<[[UInt8]]>)], to service: ServiceName) async throws {
    let count = changes.reduce(0) { $0 + $1.paths.count }
    tell("Syncing service \"\(visible(service.rawValue))\" after \(count) change\(count == 1 ? " was" : "s were") detected")
    for container in try await containers(of: service) {
      for (rule, paths) in changes {
        let target = WatchedPath.names(of: rule.rule.target ?? "/")
        // A file goes beside what is there; what is in a directory goes in it, and what is missing of the way is made.
        let wanted = rule.file == nil ? target : Array(target.dropLast())
        let place = ContainerPath(
          container: container, path: "/" + String(decoding: Array(wanted.joined(separator: [0x2F])), as: UTF8.self), followsLink: true)
        let isThere = try await isDirectory(place)
        let archive = SyncArchive(
          place: rule, paths: paths, prefix: rule.file == nil ? (isThere ? [] : target) : isThere ? target.suffix(1) : target)
        let destination = isThere ? place : ContainerPath(container: container, path: "/")
        let options = ArchiveOptions(keepsKinds: false, appliesWhiteouts: true, takesOwner: true)
        for note in try await engine.writeArchive(destination, options, try archive.pieces) {
          context.output.error("warning: " + visible(note))
        }
      }
    }
  }

  private func isDirectory(_ place: ContainerPath) async throws -> Bool {
    do { return try await engine.status(of: place).isDirectory } catch let error as EngineError where error.code == .notFound {
      return false
    }
  }

  private func perform(_ hook: Hook, in service: ServiceName) async throws {
    for container in try await containers(of: service) {
      var exec = SessionRequest.Exec(project: loaded.stack.name, service: service, command: hook.command)
      exec.container = container
      exec.environment = hook.environment
      exec.user = hook.user
      exec.workingDirectory = hook.workingDirectory
      exec.isPrivileged = hook.isPrivileged
      let code = try await engine.session(.exec(exec), input: AsyncStream { nil }) { piece in
        if case .bytes(let bytes, let stream) = piece { bytes.withUnsafeBytes { writeAll(stream == .stdout ? 1 : 2, $0) } }
      }
      if code != 0 { tell("\(visible(container)): \(visible(hook.command.joined(separator: " "))): exit status \(code)") }
    }
  }

  /// Names of its containers that run.
  private func containers(of service: ServiceName) async throws -> [String] {
    try await engine.observe(loaded.stack.name).containers.filter {
      $0.spec.service == service && !$0.spec.isOneOff && $0.state == .running
    }.map(\.spec.name).sorted()
  }

  private func images(of services: [ServiceName]) async throws -> Set<Digest> {
    Set(try await engine.observe(loaded.stack.name).containers.filter { services.contains($0.spec.service) }.map(\.imageID))
  }

  private func names(_ services: [ServiceName]) -> String {
    "service\(services.count == 1 ? "" : "s") " + services.map { "\"\(visible($0.rawValue))\"" }.joined(separator: ", ")
  }

  private func tell(_ text: String) {
    context.output.error(context.style(error: true).paint("⦿ ", .cyan) + text)
  }
}
