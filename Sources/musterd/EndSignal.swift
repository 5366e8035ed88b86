import Glibc
import LinuxKit

/// SIGTERM and SIGINT as they come. Called once.
func endSignals() throws -> AsyncStream<Int32> {
  let (signals, arrived) = AsyncStream<Int32>.makeStream()
  let waiting = Waiting(pipe: try SignalPipe.catching([SIGTERM, SIGINT]), arrived: arrived)
  var thread = pthread_t()
  let failure = pthread_create(
    &thread, nil, { raw in readSignals(raw) }, Unmanaged.passRetained(waiting).toOpaque())
  guard failure == 0 else { throw KernelError("pthread_create(3)", errno: failure) }
  pthread_detach(thread)
  return signals
}

private func readSignals(_ raw: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
  guard let raw else { return nil }
  let waiting = Unmanaged<Waiting>.fromOpaque(raw).takeRetainedValue()
  var number: UInt8 = 0
  while read(waiting.pipe.number, &number, 1) != 0 { waiting.arrived.yield(Int32(number)) }
  return nil
}

private final class Waiting: Sendable {
  let pipe: SharedDescriptor
  let arrived: AsyncStream<Int32>.Continuation
  init(pipe: SharedDescriptor, arrived: AsyncStream<Int32>.Continuation) {
    self.pipe = pipe
    self.arrived = arrived
  }
}
