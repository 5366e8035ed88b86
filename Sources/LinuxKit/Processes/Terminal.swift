import CLinux
import Glibc

/// A pseudo-terminal's two ends (`pty(7)`).
public struct PseudoTerminal: ~Copyable {
  public var master: Descriptor
  public var slave: Descriptor

  /// Makes one through an open `ptmx`, which becomes the master. `ENODEV` when it is not of a devpts.
  public init(ptmx: consuming Descriptor) throws(KernelError) {
    let number = ptmx.number
    if clinux_filesystem_type(number) != Int(CLINUX_DEVPTS_SUPER_MAGIC) {
      throw KernelError("open(2) ptmx", errno: ENODEV)
    }
    try kernel("ioctl(2) TIOCSPTLCK") { clinux_tty_unlock(number) }
    slave = Descriptor(owning: try kernel("ioctl(2) TIOCGPTPEER") { clinux_tty_peer(number) })
    master = ptmx
  }
}

/// A terminal's size in characters.
public struct TerminalSize: Equatable, Sendable {
  public var rows: UInt16
  public var columns: UInt16
  public init(rows: UInt16, columns: UInt16) {
    self.rows = rows
    self.columns = columns
  }

  /// The size of the terminal behind a descriptor; nil when it is none.
  public init?(of descriptor: Int32) {
    var rows: UInt16 = 0
    var columns: UInt16 = 0
    if clinux_tty_get_size(descriptor, &rows, &columns) < 0 { return nil }
    self.init(rows: rows, columns: columns)
  }

  /// Sets the size; the foreground processes get SIGWINCH.
  public func apply(to descriptor: Int32) throws(KernelError) {
    try kernel("ioctl(2) TIOCSWINSZ") { clinux_tty_set_size(descriptor, rows, columns) }
  }
}
