import FoundationEssentials
import Glibc
import LinuxKit

/// Where warnings and errors go: lines as runc (logrus) writes them, because callers read them.
struct Journal {
  enum Format: String { case text, json }

  private struct Line: Encodable {
    var level: String
    var msg: String
    var time: String
  }

  private let path: String?
  private let format: Format

  init(path: String?, format: Format) {
    self.path = path
    self.format = format
  }

  func warn(_ message: String) { write("warning", message) }

  /// An error: into the log, and on standard error for who has started this by hand.
  func fail(_ message: String) {
    write("error", message)
    if path != nil { put(message + "\n", to: 2) }
  }

  private func write(_ level: String, _ message: String) {
    let time = Timestamp.text(WallClock.nanoseconds(), fraction: false)
    let line: String
    switch format {
    case .text: line = "time=\"\(time)\" level=\(level) msg=\(JSON.text(message))\n"
    case .json: line = JSON.line(Line(level: level, msg: message, time: time)) + "\n"
    }
    guard let path else { return put(line, to: 2) }
    if let file = try? Descriptor.open(path, O_WRONLY | O_CREAT | O_APPEND, mode: 0o644) { try? file.writeAll(line) }
  }

  private func put(_ text: String, to number: Int32) {
    _ = text.withCString { Glibc.write(number, $0, strlen($0)) }
  }
}
