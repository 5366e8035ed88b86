import LinuxKit
import Synchronization

/// The writing end of a pipe, until it is closed.
final class PipeEnd: Sendable {
  private let descriptor: Mutex<SharedDescriptor?>
  init(_ descriptor: SharedDescriptor) { self.descriptor = Mutex(descriptor) }

  /// Waits while the reader is behind.
  func write(_ bytes: UnsafeRawBufferPointer) throws(KernelError) {
    let descriptor = descriptor.withLock { $0 }
    try descriptor?.descriptor.writeAll(bytes)
  }

  func close() { descriptor.withLock { $0 = nil } }
}
