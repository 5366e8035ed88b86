import Glibc
import LinuxKit
public import ShimProtocol

/// One container, as the engine has it in hand: through the shim that is its parent.
public final class Shim: Sendable {
  /// The host's pid of the first process.
  public let pid: Int32
  /// What the shim was when it was made or found.
  public let description: ShimDescription
  private let link: ShimLink
  /// The steps that failures of `start` are about.
  private let steps: [SetupStep]
  /// Where the shim leaves its record; nil when the shim was found.
  private let exitRecord: String?
  /// The shim's own pid; nil when it was found, and so may be of another version.
  public let process: Int32?

  init(_ description: ShimDescription, link: ShimLink, steps: [SetupStep], exitRecord: String?, process: Int32? = nil) {
    self.process = process
    pid = description.pid
    self.description = description
    self.link = link
    self.steps = steps
    self.exitRecord = exitRecord
    if let status = description.status { link.end.fulfil(status) }
  }

  /// Lets the container go on to its program, which runs when this returns.
  public func start() async throws {
    defer { link.trace(0, nil) }
    let answer = try await link.ask(.start)
    if case .failed(_, let step, let errno, let detail) = answer.event {
      throw SetupFailure(steps: steps, index: step, errno: errno, detail: detail)
    }
  }

  /// Signals the process of a session, the container's first by default; `toAll`: every process of the container but the others' sessions.
  public func signal(_ number: Int32, session: UInt32 = 0, toAll: Bool = false) async throws {
    _ = try await link.ask(.signal(session: session, number: number, toAll: toAll))
  }

  /// Runs a further process. `descriptors` are those of the slots and stay the caller's.
  /// - Parameter trace: Gets how long things took, when the start is traced.
  public func exec(
    _ start: ExecStart, descriptors: [Int32], trace: (@Sendable ([ShimSpan]) -> Void)? = nil
  ) async throws -> ExecSession {
    let end = link.expect(start.session)
    if let trace { link.trace(start.session, trace) }
    defer { if trace != nil { link.trace(start.session, nil) } }
    do {
      let answer = try await link.ask(.exec(start), descriptors: descriptors)
      switch answer.event {
      case .execStarted(let session, let pid):
        let streams = StreamDescriptors(
          answer.descriptors, hasTerminal: start.hasTerminal, isInteractive: start.isInteractive, masterIsBoth: start.hasTerminal)
        return ExecSession(session: session, pid: pid, streams: streams, end: end)
      case .failed(_, let step, let errno, let detail):
        throw SetupFailure(steps: start.steps, index: step, errno: errno, detail: detail)
      default: throw ShimError(errno: EPROTO, "the shim answered exec with something else")
      }
    } catch {
      link.forget(start.session)
      throw error
    }
  }

  /// The container's streams from now on. One who does not read them for fifteen seconds is let go; the container goes on.
  public func attach() async throws -> StreamDescriptors {
    let descriptors = try await link.ask(.attach).descriptors
    // input and the terminal; output and error; or all three.
    let hasTerminal = try descriptors.count == 1 || (descriptors.count == 2 && isTerminal(descriptors[0]))
    return StreamDescriptors(descriptors, hasTerminal: hasTerminal, isInteractive: false, masterIsBoth: false)
  }

  private func isTerminal(_ descriptor: SharedDescriptor) throws(KernelError) -> Bool {
    try descriptor.descriptor.status().kind == .character
  }

  /// Changes the size of a session's terminal.
  public func resize(session: UInt32 = 0, rows: UInt16, columns: UInt16) async throws {
    _ = try await link.ask(.resize(session: session, rows: rows, columns: columns))
  }

  /// Closes the shim's end of a session's standard input; it is at its end when all other ends are closed too.
  public func closeInput(session: UInt32 = 0) async throws {
    _ = try await link.ask(.closeInput(session: session))
  }

  /// Waits until the container has ended. A shim that has vanished without a word is code 137, unless it left a record.
  public func exitStatus() async -> ExitStatus { status(await link.end.value()) }

  /// The same, or nil when the task is cancelled before it has ended.
  public func exitStatusUnlessCancelled() async -> ExitStatus? { await link.end.valueUnlessCancelled().map(status) }

  private func status(_ heard: ExitStatus?) -> ExitStatus {
    heard ?? exitRecord.flatMap(readExitRecord) ?? ExitStatus.killedWithShim(at: WallClock.nanoseconds())
  }

  /// Ends a container that nobody wants, started or not, and waits until it and its shim's record are settled.
  public func discard() async {
    // ESRCH and a shim that is gone are what is wanted.
    _ = try? await signal(SIGKILL)
    _ = await exitStatus()
  }

  /// Lets go of the shim, which lives on with its container.
  public func close() { link.close() }
}
