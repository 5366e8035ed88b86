import Glibc
import LinuxKit

/// Both ends of a program's standard streams: the program's are given to `spawn`, ours are read here.
struct StreamEnds: Sendable {
  /// Where the program's input is written; the terminal's master side.
  let input: Int32
  private let output: Int32
  private let errors: Int32
  /// The program's ends, closed after the start. A terminal is opened by the program itself, by its path.
  let forProgram: [Int32]
  let terminal: String?

  init(_ streams: Child.Streams) throws {
    if case .terminal(let rows, let columns) = streams {
      var (master, slave): (Int32, Int32) = (-1, -1)
      var name = [CChar](repeating: 0, count: 64)
      var size = winsize(ws_row: rows, ws_col: columns, ws_xpixel: 0, ws_ypixel: 0)
      guard openpty(&master, &slave, &name, nil, &size) == 0 else { throw SystemFailure("openpty") }
      for descriptor in [master, slave] { _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC) }
      terminal = String(decoding: name.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
      input = fcntl(master, F_DUPFD_CLOEXEC, 3)
      // Held until the program has opened it: a master without any other side is an error to read.
      (output, errors, forProgram) = (master, -1, [slave])
      return
    }
    let (inputReader, inputWriter) = try pipe()
    let (outputReader, outputWriter) = try pipe()
    let (errorReader, errorWriter) = try pipe()
    (input, output, errors) = (inputWriter, outputReader, errorReader)
    forProgram = [inputReader, outputWriter, errorWriter]
    terminal = nil
  }

  /// Gives on what comes until the process, a pidfd, has ended and nothing is left to read, then closes our reading ends.
  ///
  /// The end of the process counts, not the end of the streams: an engine that it started may hold them longer.
  func read(until process: Int32, _ take: (_ bytes: ArraySlice<UInt8>, _ isError: Bool) -> Void) {
    for descriptor in [output, errors] where descriptor >= 0 { _ = fcntl(descriptor, F_SETFL, O_NONBLOCK) }
    var open: [Int32] = [output, errors].filter { $0 >= 0 }
    var hasEnded = false
    var buffer = [UInt8](repeating: 0, count: 64 << 10)
    while true {
      var polled = (open + [process]).map { pollfd(fd: $0, events: Int16(POLLIN), revents: 0) }
      guard poll(&polled, nfds_t(polled.count), hasEnded ? 0 : -1) >= 0 || errno == EINTR else { break }
      hasEnded = hasEnded || polled[polled.count - 1].revents != 0
      var hasRead = false
      for entry in polled.dropLast() where entry.revents != 0 {
        let count = Glibc.read(entry.fd, &buffer, buffer.count)
        if count > 0 {
          take(buffer[..<count], entry.fd == errors)
          hasRead = true
        } else if count == 0 || errno != EAGAIN {
          open.removeAll { $0 == entry.fd }
        }
      }
      if hasEnded && !hasRead { break }
    }
    for descriptor in [output, errors] where descriptor >= 0 { close(descriptor) }
  }
}

private func pipe() throws -> (reader: Int32, writer: Int32) {
  var ends: (reader: Int32, writer: Int32) = (-1, -1)
  try DescriptorPair.pipe().split { ends = ($0.release(), $1.release()) }
  return ends
}
