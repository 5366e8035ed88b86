import Backend
import Diagnostics
import EngineClient
import Glibc
import LinuxKit
import Reconciler
import StackLoader
import StackModel
import Synchronization
import Terminal

extension Context {
  /// Asks the engine for an operation and shows how it goes on standard error. Ctrl-C cancels: steps under way are finished, no more are begun.
  ///
  /// With `--dry-run` it only prints the plan.
  ///
  /// - Returns: The report, with its failures told.
  func carryOut(
    _ operation: Operation, _ project: ProjectName, loaded: LoadedStack? = nil, stack: Stack? = nil, title: String, on engine: EngineClient,
    quiet: Bool = false, filter: EventFilter? = nil, timeout: Int? = nil, expectation: PlanExpectation? = nil, digest: String? = nil
  ) async throws -> Report {
    let request = StackRequest(
      project: project, stack: stack ?? loaded?.stack, operation: operation, values: loaded?.values ?? [:], caller: .own,
      expectation: expectation,
      credentials: try credentials(for: operation, stack ?? loaded?.stack), parallelism: parallelism)
    if options.dryRun {
      let plan = try await engine.plan(request)
      output.write(PlanView(style: style()).text(plan))
      return Report(plan: plan)
    }
    let isSilent = quiet || progress == .quiet
    let told = Mutex<Set<String>>([])
    let report = try await watching(title, quiet: quiet, timeout: timeout) { onEvent in
      // The engine keeps what it knows by its digest, and is not to keep what opens a registry.
      try await engine.carryOut(request, digest: request.credentials?.isEmpty ?? true ? digest : nil) { event in
        guard filter?.shows(event) ?? true else { return }
        onEvent(event)
        if !isSilent, case .warning(let text) = event.kind { told.withLock { _ = $0.insert(text) } }
      }
    }
    tell(report, besides: told.withLock { $0 })
    return report
  }

  /// The same for a part of a command that sees to Ctrl-C as a whole: a line an event. Failures are the caller's to tell.
  func carryOutBeside(_ request: StackRequest, title: String, on engine: EngineClient, quiet: Bool = false) async throws -> Report {
    let view = progressView(title, quiet ? .quiet : .plain)
    defer { view.finish() }
    return try await engine.carryOut(request) { view.show($0) }
  }

  /// Shows on standard error how a piece of work goes on. Ctrl-C cancels it.
  func watching<Value: Sendable>(
    _ title: String, quiet: Bool = false, timeout: Int? = nil,
    _ body: @escaping @Sendable (_ onEvent: @escaping @Sendable (Event) -> Void) async throws -> Value
  ) async throws -> Value {
    let view = progressView(title, quiet ? .quiet : ansi == .never && progress == .auto ? .plain : progress)
    let interrupts = try Interrupts.start([SIGINT, SIGTERM])
    let value: Value
    do {
      value = try await withThrowingTaskGroup(of: Value?.self) { group in
        group.addTask {
          try await traced("request \(title)") { try await body { event in traced("render") { view.show(event) } } }
        }
        group.addTask {
          for await _ in interrupts { throw CancellationError() }
          return nil
        }
        group.addTask {
          await view.animate()
          return nil
        }
        if let timeout {
          group.addTask {
            try await pause(seconds: timeout)
            throw EngineError(.timedOut, "timed out after \(timeout) seconds")
          }
        }
        defer { group.cancelAll() }
        while let next = try await group.next() {
          if let value = next { return value }
        }
        throw CancellationError()
      }
    } catch {
      view.finish()
      throw error
    }
    view.finish()
    return value
  }

  private func progressView(_ title: String, _ mode: ProgressMode) -> ProgressView {
    let output = output
    return ProgressView(
      mode: mode, isTerminal: output.isErrorTerminal, style: style(error: true), title: title, size: { terminalSize() }, now: { now() },
      sink: { output.notice($0) })
  }

  /// Failures, each with its hint, what could not be tried for them, and notes that were not told as warnings.
  private func tell(_ report: Report, besides told: Set<String>) {
    for note in report.plan.notes where !told.contains(note) { output.error(style(error: true).paint("note: ", .yellow) + visible(note)) }
    tellFailures(of: report)
  }

  func tellFailures(of report: Report) {
    for failure in report.failures {
      let error = style(error: true).paint("error: ", .red)
      output.error("\(error)\(visible(failure.subject)): \(text(of: failure.error))")
    }
  }
}

/// Sleeps, 34 years at most: a clock that cannot count to the end of its sleep ends the program.
func pause(seconds: Int) async throws { try await Task.sleep(for: .seconds(min(seconds, 1 << 30))) }

/// The terminal's size, or the usual one without a terminal.
func terminalSize() -> Terminal.TerminalSize {
  guard let size = LinuxKit.TerminalSize(of: 2), size.columns > 0 else { return .standard }
  return Terminal.TerminalSize(rows: Int(size.rows), columns: Int(size.columns))
}
