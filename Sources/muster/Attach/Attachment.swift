import Backend
import Diagnostics
import EngineClient
import Glibc
import Reconciler
import StackModel
import Synchronization
import Terminal

/// `up` in the foreground: shows what the containers write until all have ended, or Ctrl-C stops them.
struct Attachment: Sendable {
  let context: Context
  let engine: EngineClient
  let stack: Stack
  /// Services whose containers' ends are waited for, and that Ctrl-C stops.
  let followed: Set<ServiceName>
  /// Services whose output is shown.
  let shown: [ServiceName]
  /// Output from this moment on, in nanoseconds since 1970.
  let since: Int64
  /// Of stopping, in seconds.
  let timeout: Int?
  /// When one that ends stops all.
  let aborting: Aborting
  let exitCodeFrom: ServiceName?
  /// `--watch`: goes on meanwhile, and as long as it does containers may end and begin again.
  let watch: StackWatch?
  let style: Style
  let hasPrefix: Bool
  let hasTimestamps: Bool

  enum Aborting: Sendable {
    case never
    /// `--abort-on-container-exit`.
    case onExit
    /// `--abort-on-container-failure`.
    case onFailure
  }

  private enum Happening: Sendable {
    case changed(Event.ContainerChange)
    case interrupted
    /// The stop that was asked for is done.
    case stopped
    case failed(any Error)
  }

  /// The exit status of the command.
  func follow() async throws -> Int32 {
    let interrupts = try Interrupts.start([SIGINT, SIGTERM])
    // Listened to before looking: nothing is missed in between.
    let events = try await engine.events(EventRequest(project: stack.name))
    let containers = try await mine()
    let visible = try await all().filter { shown.contains($0.spec.service) }.map(\.spec.name)
    let output = context.output
    var options = LogPrinter.Options()
    options.hasPrefix = hasPrefix
    options.hasTimestamps = hasTimestamps
    let printer = LogPrinter(
      project: stack.name, containers: visible, style: style, options: options, isTerminal: output.isTerminal,
      output: { output.relay($0, isError: false) }, errors: { output.relay($0, isError: true) })
    output.notice("Attaching to \(visible.map(shortName).joined(separator: ", "))\n")
    let lines = AttachedLines(engine: engine, project: stack.name, services: shown, since: since, printer: printer)
    let (happenings, tell) = AsyncStream<Happening>.makeStream()
    return try await withThrowingTaskGroup(of: Void.self) { group in
      defer { group.cancelAll() }
      if !shown.isEmpty {
        group.addTask {
          do { try await lines.follow() } catch { tell.yield(.failed(error)) }
        }
      }
      group.addTask {
        do {
          for try await event in events {
            if case .container(let change) = event.kind { tell.yield(.changed(change)) }
          }
          throw EngineError(.unavailable, "the engine went away; containers run on")
        } catch { tell.yield(.failed(error)) }
      }
      group.addTask {
        for await _ in interrupts { tell.yield(.interrupted) }
      }
      if let watch {
        group.addTask {
          do { try await watch.run() } catch { tell.yield(.failed(error)) }
        }
      }
      var run = RunState(containers: containers)
      // Whoever was faster than this: it may be told of once more.
      let early = containers.filter { $0.state == .exited && $0.finishedAt ?? 0 >= since }
      for container in early where shown.contains(container.spec.service) {
        run.told.insert(container.spec.name)
        printer.tell(container.spec.name, "exited with code \(container.exitCode ?? 0)")
      }
      if let code = early.lazy.map({ $0.exitCode ?? 0 }).first(where: { aborting == .onExit || aborting == .onFailure && $0 != 0 }) {
        abort(code, &run)
        group.addTask { await stop(tell) }
      }
      if watch == nil, !(try await somethingRuns()) {
        try await lines.drain()
        return ending(run)
      }
      loop: for await happening in happenings {
        switch happening {
        case .failed(let error): throw error
        case .stopped: break loop
        case .changed(let change):
          guard case .exited(let code, _) = change.what, run.names.contains(change.name) || followed.contains(change.service) else {
            continue
          }
          run.ended(change.service, code)
          if run.told.remove(change.name) == nil, shown.contains(change.service) { printer.tell(change.name, "exited with code \(code)") }
          if !run.isStopping, aborting == .onExit || aborting == .onFailure && code != 0 {
            abort(code, &run)
            group.addTask { await stop(tell) }
          } else if !run.isStopping, watch == nil, !(try await somethingRuns()) {
            break loop
          }
        case .interrupted where !run.isStopping:
          run.isStopping = true
          run.isInterrupted = true
          output.notice("Gracefully stopping... (press Ctrl+C again to force)\n")
          group.addTask { await stop(tell) }
        case .interrupted:
          run.isInterrupted = true
          group.addTask { await kill(tell) }
        }
      }
      try await lines.drain()
      return ending(run)
    }
  }

  private func abort(_ code: Int32, _ run: inout RunState) {
    run.isStopping = true
    run.abortCode = code
    context.output.notice("Aborting on container \(aborting == .onExit ? "exit" : "failure")...\n")
  }

  private func ending(_ run: RunState) -> Int32 {
    if run.isInterrupted { return 130 }
    if let exitCodeFrom { return run.codes[exitCodeFrom] ?? 0 }
    return run.abortCode ?? (aborting == .onExit ? run.firstCode ?? 0 : 0)
  }

  private func mine() async throws -> [ObservedContainer] { try await all().filter { followed.contains($0.spec.service) } }

  private func all() async throws -> [ObservedContainer] {
    try await engine.observe(stack.name).containers.filter { stack.services[$0.spec.service] != nil && !$0.spec.isOneOff }
  }

  private func somethingRuns() async throws -> Bool {
    try await mine().contains { [.running, .paused, .restarting].contains($0.state) }
  }

  private func shortName(_ name: String) -> String {
    let prefix = stack.name.rawValue + "-"
    return Diagnostics.visible(name.hasPrefix(prefix) ? String(name.dropFirst(prefix.count)) : name)
  }

  private func stop(_ tell: AsyncStream<Happening>.Continuation) async {
    await order(.stop(services: followed.sorted(), timeout: timeout), tell)
  }

  private func kill(_ tell: AsyncStream<Happening>.Continuation) async {
    await order(.kill(services: followed.sorted(), signal: "SIGKILL"), tell)
  }

  private func order(_ operation: Operation, _ tell: AsyncStream<Happening>.Continuation) async {
    do {
      let request = StackRequest(project: stack.name, stack: nil, operation: operation)
      let report = try await context.carryOutBeside(request, title: "stop", on: engine)
      if let failure = report.failures.first { throw failure.error }
      tell.yield(.stopped)
    } catch {
      tell.yield(.failed(error))
    }
  }
}

/// What has ended so far.
private struct RunState {
  let names: Set<String>
  var codes: [ServiceName: Int32] = [:]
  /// Containers whose end has been told before it was heard of.
  var told: Set<String> = []
  var firstCode: Int32?
  /// Of the one for which all are stopped.
  var abortCode: Int32?
  var isStopping = false
  var isInterrupted = false

  init(containers: [ObservedContainer]) {
    names = Set(containers.map(\.spec.name))
    for container in containers where container.state == .exited { ended(container.spec.service, container.exitCode ?? 0) }
  }

  mutating func ended(_ service: ServiceName, _ code: Int32) {
    if codes[service] == nil { codes[service] = code }
    if firstCode == nil { firstCode = code }
  }
}
