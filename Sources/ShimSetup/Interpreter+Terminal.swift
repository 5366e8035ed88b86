import CLinux
import Glibc
import LinuxKit

extension Interpreter {
  /// The slave of a terminal of the container's own devpts; its master goes to the shim.
  mutating func openTerminal() throws -> SharedDescriptor {
    if let terminal { return terminal }
    let made = try PseudoTerminal(ptmx: try rooted().open("/dev/pts/ptmx", O_RDWR | O_NOCTTY))
    _ = try channel.descriptor.send(ChildMessage.terminal.bytes, descriptors: [made.master.number])
    let slave = SharedDescriptor(try made.slave.duplicate())
    terminal = slave
    return slave
  }

  mutating func terminalStreams() throws {
    let slave = try openTerminal()
    for number in 0..<Int32(3) { try kernel("dup2(2)") { dup2(slave.number, number) } }
  }

  mutating func controllingTerminal() throws {
    if hasAppeared {
      try kernel("ioctl(2) TIOCSCTTY") { clinux_tty_control(0) }
      return
    }
    let slave = try openTerminal()
    try kernel("ioctl(2) TIOCSCTTY") { clinux_tty_control(slave.number) }
    for number in 0..<Int32(3) { try kernel("dup2(2)") { dup2(slave.number, number) } }
  }
}
