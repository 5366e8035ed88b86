import Backend
import EngineClient
import Glibc
import LinuxKit
import StackModel

/// A process of a container whose streams are this command's.
struct Session: Sendable {
  let request: SessionRequest
  /// Terminal to terminal: raw, with its size.
  var hasTerminal = false
  /// Standard input goes to the process.
  var isInteractive = false
  /// The end of standard input is the end of the process's.
  var passesEnd = true
  /// Ctrl-C and SIGTERM go to the process.
  var forwardsSignals = false
  /// Tells the container's id once it is known.
  var printsID = false
  /// The output that is shown. A terminal's is one, whichever of them is asked for.
  var shown: AttachedStreams = [.output, .errors]
  /// By which this command leaves, while the process goes on; nil: by none.
  var detachKeys: DetachKeys?

  /// The process's exit code.
  func run(on engine: EngineClient, _ output: Output) async throws -> Int32 {
    let input = Handoff<SessionInput>()
    // Keys that go nowhere keep what they mean here.
    let raw = hasTerminal && isInteractive ? ChangedTerminal.raw() : nil
    // What has come before may have listened to them.
    if raw == nil, !forwardsSignals { EndingSignals.letEnd() }
    defer { raw?.restore() }
    return try await withThrowingTaskGroup(of: Int32?.self) { group in
      if isInteractive { group.addTask { await readInput(input) } }
      let signals = try Interrupts.start((hasTerminal ? [SIGWINCH] : []) + (forwardsSignals ? [SIGINT, SIGTERM, SIGHUP, SIGQUIT] : []))
      group.addTask {
        if hasTerminal { await tellSize(input) }
        for await number in signals {
          if number == SIGWINCH { await tellSize(input) } else { await input.put(.signal(number)) }
        }
        return nil
      }
      group.addTask {
        try await traced("session") { try await engine.session(request, input: AsyncStream { await input.take() }) { show($0, output) } }
      }
      defer {
        input.close()
        group.cancelAll()
      }
      while let next = try await group.next() {
        if let code = next { return code }
      }
      return 0
    }
  }

  private func show(_ piece: SessionOutput, _ output: Output) {
    switch piece {
    case .started(let id, _): if printsID { output.write(id.rawValue + "\n") }
    case .warning(let text): output.error("warning: " + text)
    case .bytes(let bytes, let stream):
      guard hasTerminal ? !shown.isEmpty : shown.contains(stream == .stdout ? .output : .errors) else { return }
      bytes.withUnsafeBytes { writeAll(stream == .stdout ? 1 : 2, $0) }
    }
  }

  private func tellSize(_ input: Handoff<SessionInput>) async {
    guard let size = TerminalSize(of: 0) ?? TerminalSize(of: 1) else { return }
    await input.put(.resize(rows: size.rows, columns: size.columns))
  }

  /// Standard input as it comes, to its end.
  private func readInput(_ input: Handoff<SessionInput>) async -> Int32? {
    var keys = detachKeys
    while true {
      do {
        try await Readiness.shared.readable(0)
      } catch {
        return nil
      }
      let bytes = [UInt8](unsafeUninitializedCapacity: 32768) { buffer, count in
        count = max(0, read(0, buffer.baseAddress, 32768))
      }
      if bytes.isEmpty {
        if passesEnd { await input.put(.endOfInput) }
        // There is nothing left to do for who shows nothing.
        if shown.isEmpty { await input.put(.detach) }
        return nil
      }
      guard hasTerminal, var pressed = keys else {
        await input.put(.bytes(bytes))
        continue
      }
      let (passed, isDone) = pressed.take(bytes)
      keys = pressed
      if !passed.isEmpty { await input.put(.bytes(passed)) }
      if isDone {
        await input.put(.detach)
        writeAll(2, "read escape sequence\r\n")
        return nil
      }
    }
  }
}
