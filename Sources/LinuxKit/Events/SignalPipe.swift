import CLinux
import Glibc

/// Signals as bytes in a pipe, whichever thread they are delivered to; nothing stays blocked, so programs started later are not affected.
public enum SignalPipe {
  /// The writing ends by signal; the handler may not allocate.
  nonisolated(unsafe) fileprivate static var ends = [Int32](repeating: -1, count: 65)

  /// Catches the signals from now on; each puts its number, one byte, into the returned pipe. A later call for the same signal takes it over.
  public static func catching(_ numbers: [Int32]) throws(KernelError) -> SharedDescriptor {
    let pipe = try DescriptorPair.pipe().shared()
    for number in numbers where (1...64).contains(number) {
      // Stays open as long as the process: a handler may always be about to write.
      let end = try pipe.second.descriptor.duplicate().release()
      _ = clinux_fcntl(end, F_SETFL, Int(O_NONBLOCK))
      ends[Int(number)] = end
      signal(number) { number in
        let before = errno
        var byte = UInt8(truncatingIfNeeded: number)
        _ = write(SignalPipe.ends[Int(number)], &byte, 1)
        errno = before
      }
    }
    return pipe.first
  }
}
