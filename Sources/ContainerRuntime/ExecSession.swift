import Glibc
import LinuxKit
public import ShimProtocol
import Synchronization

/// A further process in a running container.
public final class ExecSession: Sendable {
  /// Its number among the container's sessions.
  public let session: UInt32
  /// The host's pid.
  public let pid: Int32
  private let held: Mutex<StreamDescriptors>
  private let end: Promise<ExitStatus?>

  init(session: UInt32, pid: Int32, streams: StreamDescriptors, end: Promise<ExitStatus?>) {
    self.session = session
    self.pid = pid
    held = Mutex(streams)
    self.end = end
  }

  /// Its standard streams, once: who takes them alone decides when they are closed. Nothing for a detached one.
  public func takeStreams() -> StreamDescriptors {
    held.withLock { streams in
      defer { streams = StreamDescriptors([], hasTerminal: false, isInteractive: false, masterIsBoth: false) }
      return streams
    }
  }

  /// How it ended; 137 when the container ended with it.
  public func exit() async -> ExitStatus { Self.status(await end.value()) }

  /// The same, or nil when the task is cancelled before it has ended.
  public func exitUnlessCancelled() async -> ExitStatus? { await end.valueUnlessCancelled().map(Self.status) }

  private static func status(_ status: ExitStatus?) -> ExitStatus {
    status ?? ExitStatus(code: 128 + SIGKILL, at: WallClock.nanoseconds())
  }
}
