import Glibc
import LinuxKit

/// One reader of an output: a pipe that gets all of it from now on. One that does not read holds the output up for a bounded time, then is let go.
final class Attacher {
  /// How long a full pipe is waited for, in milliseconds.
  static let patience: Int64 = 15_000
  private let pipe: Descriptor
  private let loop: EventLoop
  private var pending: [UInt8] = []
  private var token: UInt64?
  /// When it is let go, if nothing is read from it.
  private(set) var deadline: Int64?
  private(set) var isGone = false
  /// Called when it can take more, or is gone.
  var onReady: () -> Void = {}

  /// Watches at once: a reader that goes is let go when it does, though nothing is written that it could miss.
  init(_ pipe: consuming Descriptor, loop: EventLoop) throws(KernelError) {
    self.pipe = pipe
    self.loop = loop
    token = try loop.watch(self.pipe.number, []) { [weak self] _ in self?.ready() }
  }

  deinit {
    if let token { loop.forget(token, pipe.number) }
  }

  /// Whether the output has to wait.
  var isFull: Bool { !pending.isEmpty }

  func write(_ bytes: UnsafeRawBufferPointer) {
    if isGone { return }
    let count = send(bytes)
    if isGone || count == bytes.count { return }
    pending = Array(bytes[count...])
    deadline = EventLoop.now + Self.patience
    if let token { loop.change(token, pipe.number, .write) }
  }

  /// Lets it go when its time is over.
  func expire(_ now: Int64) {
    if let deadline, deadline <= now {
      leave()
      onReady()
    }
  }

  private func ready() {
    // Without anything to write only the reader's end is told.
    if pending.isEmpty {
      leave()
      return onReady()
    }
    let count = pending.withUnsafeBytes { send($0) }
    if count > 0 {
      pending.removeFirst(count)
      deadline = EventLoop.now + Self.patience
    }
    if pending.isEmpty, let token {
      deadline = nil
      loop.change(token, pipe.number, [])
    }
    if pending.isEmpty || isGone { onReady() }
  }

  private func send(_ bytes: UnsafeRawBufferPointer) -> Int {
    do throws(KernelError) {
      return try pipe.write(bytes)
    } catch {
      if error.errno != EAGAIN { leave() }
      return 0
    }
  }

  private func leave() {
    isGone = true
    pending = []
    deadline = nil
    if let token { loop.forget(token, pipe.number) }
    token = nil
  }
}
