import Glibc
import LinuxKit
import ShimProtocol

/// Where the container's lines go: a file, a daemon, or both.
final class ContainerLog {
  private let file: LogFile?
  let forwarder: LogForwarder?

  /// nil when the lines go nowhere.
  init?(_ io: StandardStreams, loop: EventLoop) throws(KernelError) {
    let more = io.log ?? LogOptions()
    file = try io.logPath.map { (path) throws(KernelError) in
      try LogFile(path: path, maxSize: io.logMaxSize, maxFiles: io.logMaxFiles, attributes: more.attributes, isPacked: more.isPacked)
    }
    forwarder = more.forwarding.map { LogForwarder($0, loop: loop) }
    if file == nil, forwarder == nil { return nil }
  }

  /// Whether the container has to wait.
  var isFull: Bool { forwarder?.isFull ?? false }

  /// Adds an entry; it is in the file after `flush`.
  func append(_ text: UnsafeRawBufferPointer, endsLine: Bool, stream: StaticString, time: Int64) {
    file?.append(text, endsLine: endsLine, stream: stream, time: time)
    forwarder?.append(text, endsLine: endsLine, isError: stream.isError, time: time)
  }

  func flush() {
    file?.flush()
    forwarder?.flush()
  }

  /// Gives back memory that only a busy container needs.
  func shrink() {
    file?.shrink()
    forwarder?.shrink()
  }
}

extension StaticString {
  /// Whether it is the name of standard error.
  fileprivate var isError: Bool { withUTF8Buffer { $0.elementsEqual("stderr".utf8) } }
}
