import CLinux
import Glibc

extension Descriptor {
  /// Sends once, with descriptors (`SCM_RIGHTS`, at most 253) attached to the first byte; returns how many bytes went.
  /// A peer that is gone is `EPIPE`, never a signal.
  public borrowing func send(_ bytes: UnsafeRawBufferPointer, descriptors: [Int32] = []) throws(KernelError) -> Int {
    let number = self.number
    return try kernel("sendmsg(2)") { clinux_send(number, bytes.baseAddress, bytes.count, descriptors, descriptors.count) }
  }

  /// Sends once.
  public borrowing func send(_ bytes: [UInt8], descriptors: [Int32] = []) throws(KernelError) -> Int {
    try bytes.withUnsafeBufferPointer { (raw) throws(KernelError) in
      try send(UnsafeRawBufferPointer(raw), descriptors: descriptors)
    }
  }

  /// Receives once; 0 bytes is the end. Descriptors that came along are appended to `descriptors`, close-on-exec.
  public borrowing func receive(
    into buffer: UnsafeMutableRawBufferPointer, descriptors: inout [SharedDescriptor]
  ) throws(KernelError) -> Int {
    let number = self.number
    var numbers = (0..<253).map { _ in Int32(-1) }
    var count = 0
    let received = try kernel("recvmsg(2)") {
      count = numbers.count
      return clinux_receive(number, buffer.baseAddress, buffer.count, &numbers, &count)
    }
    for index in 0..<count { descriptors.append(SharedDescriptor(Descriptor(owning: numbers[index]))) }
    return received
  }
}
