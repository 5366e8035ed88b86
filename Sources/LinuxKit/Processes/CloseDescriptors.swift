import CLinux

/// Closes all descriptors of this process from 3 upwards but those (`close_range(2)`).
///
/// Only in a process with one thread that owns them no more: after a fork, on the way to another program.
public func closeDescriptors(except kept: [Int32]) {
  var next: UInt32 = 3
  for number in Set(kept).sorted() where number >= 3 {
    if UInt32(number) > next { _ = clinux_close_range(next, UInt32(number) - 1, 0) }
    next = UInt32(number) + 1
  }
  _ = clinux_close_range(next, .max, 0)
}
