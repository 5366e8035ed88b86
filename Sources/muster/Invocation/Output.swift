import Diagnostics
import Glibc
import Synchronization

/// The two streams that a command writes to.
struct Output: Sendable {
  private let secrets = HiddenValues()

  /// From now on the value is in nothing that this command tells.
  func hide(_ value: [UInt8]) { secrets.hide(value) }

  /// The text without what is hidden.
  func redacted(_ text: String) -> String { secrets.redacted(text) }

  /// To standard output.
  func write(_ text: String) { writeAll(1, redacted(text)) }

  /// To standard error.
  func notice(_ text: String) { writeAll(2, redacted(text)) }

  /// A line on standard error.
  func error(_ line: String) { notice(line.hasSuffix("\n") ? line : line + "\n") }

  /// What a container wrote, as it is.
  func relay(_ text: String, isError: Bool) { writeAll(isError ? 2 : 1, text) }

  var isTerminal: Bool { isatty(1) == 1 }
  var isErrorTerminal: Bool { isatty(2) == 1 }
}

/// The values that must not be told.
private final class HiddenValues: Sendable {
  private let redactor = Mutex(Redactor())
  func hide(_ value: [UInt8]) { redactor.withLock { $0.add(value) } }
  func redacted(_ text: String) -> String { redactor.withLock { $0 }.redact(text) }
}

/// Writes all of it, waiting as long as the reader needs. A reader that is gone ends the program by SIGPIPE, as everywhere.
func writeAll(_ descriptor: Int32, _ text: String) {
  var text = text
  text.withUTF8 { writeAll(descriptor, UnsafeRawBufferPointer($0)) }
}

func writeAll(_ descriptor: Int32, _ bytes: UnsafeRawBufferPointer) {
  var rest = bytes
  while !rest.isEmpty {
    let count = write(descriptor, rest.baseAddress, rest.count)
    if count > 0 {
      rest = UnsafeRawBufferPointer(rebasing: rest[count...])
    } else if errno == EAGAIN {
      var waited = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
      poll(&waited, 1, -1)
    } else if errno != EINTR {
      return
    }
  }
}
