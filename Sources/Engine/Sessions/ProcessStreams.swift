import ContainerRuntime
import Glibc
import LinuxKit
import Synchronization

/// The engine's ends of a process's standard streams.
final class ProcessStreams: Sendable {
  private let input: Mutex<SharedDescriptor?>
  private let output: Mutex<SharedDescriptor?>
  private let error: Mutex<SharedDescriptor?>
  private let poller: Poller

  init(_ streams: StreamDescriptors, poller: Poller) throws(KernelError) {
    input = Mutex(streams.input)
    output = Mutex(streams.output)
    error = Mutex(streams.error)
    self.poller = poller
    try streams.output?.descriptor.setNonBlocking()
    try streams.error?.descriptor.setNonBlocking()
    try streams.input?.descriptor.setNonBlocking()
  }

  /// Hands everything that comes out to `sink`, in the order of each stream, until both streams have ended or the task is cancelled.
  func drain(_ sink: @escaping @Sendable ([UInt8], _ isError: Bool) async -> Void) async {
    let output = output.withLock { $0 }
    let error = error.withLock { $0 }
    await withTaskGroup(of: Void.self) { group in
      if let output { group.addTask { await self.drain(output) { await sink($0, false) } } }
      if let error { group.addTask { await self.drain(error) { await sink($0, true) } } }
    }
  }

  private func drain(_ descriptor: SharedDescriptor, _ sink: ([UInt8]) async -> Void) async {
    var buffer = [UInt8](repeating: 0, count: 32_768)
    while !Task.isCancelled {
      let count = Glibc.read(descriptor.number, &buffer, buffer.count)
      if count > 0 {
        await sink(Array(buffer[0..<count]))
      } else if count < 0, errno == EAGAIN {
        await poller.wait(descriptor, for: .read)
      } else if count < 0, errno == EINTR {
        continue
      } else {
        // The end; a terminal whose last process is gone says EIO.
        return
      }
    }
  }

  /// Writes everything to the process; what it does not take because it has ended is dropped.
  func write(_ bytes: [UInt8]) async {
    guard let input = input.withLock({ $0 }) else { return }
    var rest = bytes[...]
    while !rest.isEmpty, !Task.isCancelled {
      let count = rest.withUnsafeBytes { Glibc.write(input.number, $0.baseAddress, $0.count) }
      if count >= 0 {
        rest = rest.dropFirst(count)
      } else if errno == EAGAIN {
        await poller.wait(input, for: .write)
      } else if errno != EINTR {
        return
      }
    }
  }

  /// Lets go of all of them: a process that writes on is told that nobody reads (`SIGPIPE`), one that reads is at the end.
  func close() {
    input.withLock { $0 = nil }
    output.withLock { $0 = nil }
    error.withLock { $0 = nil }
  }

  /// Lets the process see the end of its input, once everything written has been read.
  func closeInput() { input.withLock { $0 = nil } }
}
