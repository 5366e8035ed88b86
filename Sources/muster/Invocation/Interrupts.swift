import EngineClient
import Glibc
import LinuxKit

/// Signals as values. From the first `start` on they do not end the program any more.
enum Interrupts {
  /// The given signals as they come.
  static func start(_ numbers: [Int32]) throws -> AsyncStream<Int32> {
    let pipe = try SignalPipe.catching(numbers)
    return AsyncStream {
      do {
        try await Readiness.shared.readable(pipe.number)
      } catch {
        return nil
      }
      var number: UInt8 = 0
      return read(pipe.number, &number, 1) == 1 ? Int32(number) : nil
    }
  }
}
