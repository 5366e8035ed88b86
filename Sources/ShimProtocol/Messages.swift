import Glibc
public import LinuxKit

// The conversation. Every connection, the first on descriptor 3 included, speaks the same messages:
//
//   engine                         shim                              container
//     │ create(ContainerStart)+fds ▶│ clone3 ────────────────────────▶│ steps up to awaitStart
//     │◀ created(pid)               │◀───────────────────────────────│
//     │ (veth into the new netns)   │                                │
//     │ start ─────────────────────▶│ ──────────────────────────────▶│ the rest, execve
//     │◀ started | failed(step, …)  │                                │
//     │ exec / signal / attach …    │                                │
//     │◀ exited(session 0, status)  │ writes the exit record first   ✕
//
// An engine that comes later connects to the shim's socket and asks `describe`.

/// What the engine asks of a shim.
public enum ShimRequest: Equatable, Sendable {
  case create(ContainerStart)
  /// Go on after `awaitStart`.
  case start
  /// Signal the process of a session; 0 is the container's first process. `toAll`: every process of the container.
  case signal(session: UInt32, number: Int32, toAll: Bool)
  /// Run a further process in the container. Answered with `execStarted` (and descriptors) or `failed`.
  case exec(ExecStart)
  case resize(session: UInt32, rows: UInt16, columns: UInt16)
  /// Get the container's standard streams: answered with `attached` and descriptors (a write end for stdin when it is open, then read ends).
  case attach
  case closeInput(session: UInt32)
  case describe
  /// Make a user namespace with these numbers that nobody is in. Answered with `madeUsers` and its descriptor.
  case makeUsers(IDRanges)
}

/// A container to be made.
public struct ContainerStart: Equatable, Sendable {
  public var id: String
  /// New ones for the container; those absent are shared with the host, or joined.
  public var namespaces: Namespaces
  /// Descriptors of namespaces to join instead (`network_mode: service:x`).
  public var joinSlots: [Int]
  /// Descriptors of `tasks` and `cgroup.procs` files, open for writing, or of one group's directory (version 2).
  public var cgroupSlots: [Int]
  public var steps: [SetupStep]
  public var io: StandardStreams
  /// Where the exit record is written, absolute.
  public var exitRecord: String
  /// Where the shim listens, absolute.
  public var socket: String
  /// Whether the shim tells how long each step took.
  public var isTraced: Bool
  public init(
    id: String, namespaces: Namespaces, joinSlots: [Int] = [], cgroupSlots: [Int] = [], steps: [SetupStep],
    io: StandardStreams, exitRecord: String, socket: String, isTraced: Bool = false
  ) {
    self.id = id
    self.namespaces = namespaces
    self.joinSlots = joinSlots
    self.cgroupSlots = cgroupSlots
    self.steps = steps
    self.io = io
    self.exitRecord = exitRecord
    self.socket = socket
    self.isTraced = isTraced
  }
}

/// What a process's standard streams are connected to.
public struct StandardStreams: Equatable, Sendable {
  /// A pty instead of three pipes.
  public var hasTerminal: Bool
  /// Keep standard input open for attachers; otherwise it is /dev/null.
  public var isInteractive: Bool
  /// The json-file log to write (Docker's format), or nil for none. Absolute path.
  public var logPath: String?
  public var logMaxSize: Int64
  public var logMaxFiles: Int
  /// More about the log; nil: nothing.
  public var log: LogOptions?
  public init(
    hasTerminal: Bool, isInteractive: Bool, logPath: String?, logMaxSize: Int64 = 20_971_520, logMaxFiles: Int = 5, log: LogOptions? = nil
  ) {
    self.hasTerminal = hasTerminal
    self.isInteractive = isInteractive
    self.logPath = logPath
    self.logMaxSize = logMaxSize
    self.logMaxFiles = logMaxFiles
    self.log = log
  }
}

/// A further process in a running container. Its namespaces are those of the first process, joined through a pidfd.
public struct ExecStart: Equatable, Sendable {
  /// Chosen by the engine, not 0.
  public var session: UInt32
  public var cgroupSlots: [Int]
  public var steps: [SetupStep]
  public var hasTerminal: Bool
  public var isInteractive: Bool
  /// Nobody listens: the standard streams are /dev/null, or a terminal that the shim empties.
  public var isDetached: Bool
  /// Whether the shim tells how long each step took. Only of one of this version.
  public var isTraced: Bool
  public init(
    session: UInt32, cgroupSlots: [Int] = [], steps: [SetupStep], hasTerminal: Bool, isInteractive: Bool, isDetached: Bool = false,
    isTraced: Bool = false
  ) {
    self.session = session
    self.cgroupSlots = cgroupSlots
    self.steps = steps
    self.hasTerminal = hasTerminal
    self.isInteractive = isInteractive
    self.isDetached = isDetached
    self.isTraced = isTraced
  }
}

/// What a shim tells.
public enum ShimEvent: Equatable, Sendable {
  /// The container's namespaces exist; it waits for `start`. The pid is the host's.
  case created(pid: Int32)
  case started
  /// A step failed. `session` 0 is the container itself, which then is no more.
  case failed(session: UInt32, step: Int, errno: Int32, detail: String)
  case exited(session: UInt32, status: ExitStatus)
  /// Descriptors come along: a write end for stdin when interactive, then the pty's master, or stdout and stderr read ends.
  case execStarted(session: UInt32, pid: Int32)
  /// Descriptors come along as with `execStarted`.
  case attached
  case description(ShimDescription)
  /// The descriptor comes along.
  case madeUsers
  /// The request was carried out (`signal`, `resize`, `closeInput`).
  case done
  /// The request was not carried out.
  case refused(errno: Int32, detail: String)
  /// How long things took, to whoever has asked for a trace; before the answer to what they were done for.
  case took(session: UInt32, [ShimSpan])
}

/// A stretch of the shim's or its child's work.
public struct ShimSpan: Equatable, Sendable {
  public enum Work: Equatable, Sendable {
    /// From the shim's first instruction until it was asked for something.
    case beginning
    /// Descriptors, files and the new process.
    case making
    /// A step of the container or the session, by its index.
    case step(Int)
  }
  public var work: Work
  /// Nanoseconds of `CLOCK_MONOTONIC`.
  public var begin: Int64
  public var end: Int64
  public init(_ work: Work, begin: Int64, end: Int64) {
    self.work = work
    self.begin = begin
    self.end = end
  }

  /// The same clock, now.
  public static var now: Int64 {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
  }
}

/// What a shim is, for an engine that has just found it.
public struct ShimDescription: Equatable, Sendable {
  public enum State: UInt8, Sendable { case creating, created, running, exited }
  public var id: String
  public var pid: Int32
  public var state: State
  public var status: ExitStatus?
  public init(id: String, pid: Int32, state: State, status: ExitStatus?) {
    self.id = id
    self.pid = pid
    self.state = state
    self.status = status
  }
}

/// How a process ended.
public struct ExitStatus: Equatable, Sendable {
  /// The exit code, or 128 + the signal that killed it, as shells and Docker have it.
  public var code: Int32
  public var wasOutOfMemory: Bool
  /// Nanoseconds since 1970.
  public var at: Int64
  public init(code: Int32, wasOutOfMemory: Bool = false, at: Int64) {
    self.code = code
    self.wasOutOfMemory = wasOutOfMemory
    self.at = at
  }

  /// Of a container whose shim has gone without a word: the kernel kills the one with the other (PR_SET_PDEATHSIG).
  public static func killedWithShim(at: Int64) -> ExitStatus { ExitStatus(code: 128 + 9, at: at) }
}
