import Glibc
import LinuxKit

/// The pipe through which the signal handler wakes the waiting thread; -1 before `endSignals`. Written once, before the handler exists.
private nonisolated(unsafe) var wakeup: Int32 = -1

/// SIGTERM and SIGINT as they come. Called once.
func endSignals() throws -> AsyncStream<Int32> {
  let (signals, arrived) = AsyncStream<Int32>.makeStream()
  let pipe = try DescriptorPair.pipe().shared()
  wakeup = try pipe.second.descriptor.duplicate().release()
  let reading = Waiting(descriptor: pipe.first, arrived: arrived)
  var thread = pthread_t()
  let failure = pthread_create(
    &thread, nil,
    { raw in
      guard let raw else { return nil }
      let waiting = Unmanaged<Waiting>.fromOpaque(raw).takeRetainedValue()
      var number: UInt8 = 0
      while read(waiting.descriptor.number, &number, 1) != 0 { waiting.arrived.yield(Int32(number)) }
      return nil
    }, Unmanaged.passRetained(reading).toOpaque())
  guard failure == 0 else { throw KernelError("pthread_create(3)", errno: failure) }
  pthread_detach(thread)
  for number in [SIGTERM, SIGINT] {
    signal(number) { number in
      var byte = UInt8(truncatingIfNeeded: number)
      _ = write(wakeup, &byte, 1)
    }
  }
  return signals
}

private final class Waiting: Sendable {
  let descriptor: SharedDescriptor
  let arrived: AsyncStream<Int32>.Continuation
  init(descriptor: SharedDescriptor, arrived: AsyncStream<Int32>.Continuation) {
    self.descriptor = descriptor
    self.arrived = arrived
  }
}
