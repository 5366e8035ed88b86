import Glibc

/// The two streams that a command writes to.
struct Output: Sendable {
  /// To standard output, as it is.
  func write(_ text: String) { writeAll(1, text) }

  /// To standard error, as it is.
  func notice(_ text: String) { writeAll(2, text) }

  /// A line on standard error.
  func error(_ line: String) { writeAll(2, line.hasSuffix("\n") ? line : line + "\n") }

  var isTerminal: Bool { isatty(1) == 1 }
  var isErrorTerminal: Bool { isatty(2) == 1 }
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
