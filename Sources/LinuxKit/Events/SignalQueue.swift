import CLinux

/// Signals read from a descriptor instead of interrupting (`signalfd(2)`); they stay blocked in this thread and its children.
public struct SignalQueue: ~Copyable {
  private let descriptor: Descriptor
  /// The number to watch for reading.
  public var number: Int32 { descriptor.number }

  public init(_ signals: [Int32]) throws(KernelError) {
    descriptor = Descriptor(owning: try kernel("signalfd(2)") { clinux_signalfd(signals, Int32(signals.count)) })
  }

  /// The next signal that came; nil when there is none.
  public borrowing func next() -> Int32? {
    let signal = clinux_signalfd_next(descriptor.number)
    return signal == 0 ? nil : signal
  }
}
