import Glibc
import LinuxKit
import OCI

/// What becomes of a process's terminal.
struct Console {
  /// Where its master is sent.
  var socket: String?
  /// This process keeps it.
  var isKept: Bool

  func check(_ process: RuntimeSpec.Process) throws {
    if process.terminal == true, socket == nil, !isKept {
      throw Failure("cannot allocate tty if runc will detach without setting console socket")
    }
    if process.terminal != true, socket != nil { throw Failure("cannot use console socket if runc will not detach or allocate tty") }
  }

  /// Sends the master, or returns it.
  func take(_ master: SharedDescriptor) throws -> SharedDescriptor? {
    guard let socket else { return master }
    let connection = try UnixSocket.connect(path: socket)
    _ = try connection.send(Array("/dev/ptmx".utf8), descriptors: [master.number])
    return nil
  }
}
