import Glibc
import LinuxKit
import ShimProtocol
import ShimSetup

/// One process that the shim is parent of: the container's first (session 0), or an `exec`ed one.
final class Session {
  enum State { case creating, waiting, starting, running, ended }

  let id: UInt32
  /// Until it has appeared, the process that prepares it.
  var pid: Int32
  /// Until it has appeared, where that is told.
  var appearance: Appearance?
  let hasTerminal: Bool
  let isDetached: Bool
  /// The index of the step that runs the program: the last.
  let programStep: Int
  var state = State.creating
  var status: ExitStatus?
  /// The write end of standard input, while it is kept open.
  var toInput: SharedDescriptor?
  var fromOutput: SharedDescriptor?
  var fromError: SharedDescriptor?
  var master: SharedDescriptor?
  /// Where the process tells how far it is, until its program runs.
  let channel: SharedDescriptor
  var channelToken: UInt64?
  /// What it took until now, when somebody wants to know.
  var trace: [ShimSpan]?
  /// Who asked last, and with which request, for something that is not answered yet.
  var asker: (connection: Connection, request: UInt32)?

  init(
    id: UInt32, pid: Int32, channel: SharedDescriptor, io: ProcessIO, hasTerminal: Bool, isDetached: Bool,
    programStep: Int
  ) {
    self.id = id
    self.pid = pid
    self.channel = channel
    self.hasTerminal = hasTerminal
    self.isDetached = isDetached
    self.programStep = programStep
    toInput = io.toInput
    fromOutput = io.fromOutput
    fromError = io.fromError
  }

  /// The process that a signal is for.
  var target: Int32 { appearance?.pid ?? pid }

  /// Answers who asked.
  func answer(_ event: ShimEvent, descriptors: [SharedDescriptor] = []) {
    if let trace, !trace.isEmpty {
      asker?.connection.send(.took(session: id, trace), request: 0)
      self.trace = []
    }
    asker?.connection.send(event, request: asker?.request ?? 0, descriptors: descriptors)
    asker = nil
  }
}
