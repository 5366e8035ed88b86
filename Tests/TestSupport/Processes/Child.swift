import Glibc
import LinuxKit
import Synchronization

/// A program that runs while the test goes on: its output is collected as it comes, and the test can wait for a piece of it.
///
/// When a test that waits is cancelled (its time limit), the program is killed.
public final class Child: Sendable {
  /// What the program's standard streams are.
  public enum Streams: Sendable {
    /// Standard input holds this text, at most 64 KiB, and ends.
    case text(String)
    /// Standard input stays open for `send`.
    case open
    /// One terminal of this size, the program's controlling one.
    case terminal(rows: UInt16, columns: UInt16)
  }

  public let pid: Int32
  private let command: [String]
  private let progress: Mutex<Progress>

  private struct Progress {
    var input: Int32
    var output: [UInt8] = []
    var errors: [UInt8] = []
    var status: Int32?
    var waiters: [Waiter] = []
  }

  private struct Waiter {
    var isOver: @Sendable (borrowing Progress) -> Bool
    var resume: CheckedContinuation<Void, Never>
  }

  /// Starts a program; `command[0]` is looked up in `PATH`. The environment is exactly the one given.
  public init(
    _ command: [String], environment: [String: String], directory: String? = nil, streams: Streams = .text("")
  ) throws {
    let ends = try StreamEnds(streams)
    self.command = command
    pid = try spawn(command, environment: environment, directory: directory, ends: ends)
    progress = Mutex(Progress(input: ends.input))
    let process = try LinuxKit.Process.open(pid).release()
    if case .text(let text) = streams {
      try send(text)
      closeInput()
    }
    onThread { [self] in
      ends.read(until: process) { bytes, isError in
        change { if isError { $0.errors += bytes } else { $0.output += bytes } }
      }
      close(process)
      let code = (try? LinuxKit.Process.reap(pid, waits: true))??.code ?? -1
      closeInput()
      change { $0.status = code }
    }
  }

  /// Signals the program.
  public func signal(_ number: Int32) { progress.withLock { if $0.status == nil { _ = kill(pid, number) } } }

  /// Writes to its standard input or terminal.
  public func send(_ text: String) throws {
    let input = progress.withLock { $0.input }
    var bytes = Array(text.utf8)[...]
    while !bytes.isEmpty {
      let count = bytes.withUnsafeBytes { write(input, $0.baseAddress, $0.count) }
      guard count > 0 else { throw SystemFailure("write to \(command)") }
      bytes = bytes.dropFirst(count)
    }
  }

  /// Changes the size of its terminal, as a person does with a window.
  public func resize(rows: UInt16, columns: UInt16) {
    var size = winsize(ws_row: rows, ws_col: columns, ws_xpixel: 0, ws_ypixel: 0)
    progress.withLock { _ = ioctl($0.input, UInt(TIOCSWINSZ), &size) }
  }

  /// How its terminal is set (termios(3)): the flags, and what a read waits for.
  public var terminalModes: [UInt32] {
    var modes = termios()
    guard progress.withLock({ tcgetattr($0.input, &modes) }) == 0 else { return [] }
    return [modes.c_iflag, modes.c_oflag, modes.c_cflag, modes.c_lflag, UInt32(modes.c_cc.5), UInt32(modes.c_cc.6)]
  }

  /// Ends its standard input.
  public func closeInput() {
    progress.withLock {
      guard $0.input >= 0 else { return }
      close($0.input)
      $0.input = -1
    }
  }

  /// Returns when the text has been seen on either stream, as often as asked for; throws when the program ends without it.
  public func shows(_ text: String, times: Int = 1) async throws {
    let needle = Array(text.utf8)
    let isShown: @Sendable (borrowing Progress) -> Bool = {
      $0.output.occurrences(of: needle) + $0.errors.occurrences(of: needle) >= times
    }
    await wait { isShown($0) || $0.status != nil }
    guard progress.withLock({ isShown($0) }) else { throw MissingOutput(text: text, outcome: soFar) }
  }

  /// What it did, when it has ended.
  public func end() async -> Outcome {
    await wait { $0.status != nil }
    return soFar
  }

  /// What it has written up to now; the status is -1 while it runs.
  public var soFar: Outcome {
    progress.withLock {
      Outcome(
        command: command, status: $0.status ?? -1, output: String(decoding: $0.output, as: UTF8.self),
        errors: String(decoding: $0.errors, as: UTF8.self))
    }
  }

  private func wait(until isOver: @escaping @Sendable (borrowing Progress) -> Bool) async {
    await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in
        let isOverNow = progress.withLock { progress in
          if isOver(progress) { return true }
          progress.waiters.append(Waiter(isOver: isOver, resume: continuation))
          return false
        }
        if isOverNow { continuation.resume() }
      }
    } onCancel: {
      signal(SIGKILL)
    }
  }

  private func change(_ body: (inout Progress) -> Void) {
    let ready = progress.withLock { progress in
      body(&progress)
      let waiters = progress.waiters
      progress.waiters = waiters.filter { !$0.isOver(progress) }
      return waiters.filter { $0.isOver(progress) }
    }
    for waiter in ready { waiter.resume.resume() }
  }
}

/// Output that a test waited for and that never came; prints what came instead.
public struct MissingOutput: Error, CustomStringConvertible {
  public let text: String
  public let outcome: Outcome
  public var description: String { "ended without \"\(text)\"\n\(outcome)" }
}

extension [UInt8] {
  fileprivate func occurrences(of needle: [UInt8]) -> Int {
    guard let first = needle.first, count >= needle.count else { return 0 }
    var found = 0
    for start in 0...(count - needle.count) where self[start] == first && self[start..<start + needle.count].elementsEqual(needle) {
      found += 1
    }
    return found
  }
}
