import CLinux
import Glibc

/// Wakes a thread that waits in `Epoll`, from any other (`eventfd(2)`).
public struct Wakeup: ~Copyable, Sendable {
  private let descriptor: Descriptor
  /// The number to watch for reading.
  public var number: Int32 { descriptor.number }

  public init() throws(KernelError) {
    descriptor = Descriptor(owning: try kernel("eventfd(2)") { clinux_eventfd() })
  }

  /// Makes the descriptor readable.
  public borrowing func signal() {
    var one: UInt64 = 1
    // A full counter is as good as one more.
    _ = Glibc.write(descriptor.number, &one, 8)
  }

  /// Makes the descriptor unreadable until the next `signal`.
  public borrowing func clear() {
    var count: UInt64 = 0
    _ = Glibc.read(descriptor.number, &count, 8)
  }
}
