import CLinux

extension Descriptor {
  /// Binds this IPv4 socket (`bind(2)`) to an address in the host's byte order, 0 for every one, and returns the port: for 0 the one that the
  /// kernel chose. `EADDRINUSE` when another socket has it.
  public borrowing func bind(address: UInt32, port: UInt16) throws(KernelError) -> UInt16 {
    let number = self.number
    var port = port
    try kernel("bind(2)") { clinux_bind_inet(number, address, &port) }
    return port
  }
}
