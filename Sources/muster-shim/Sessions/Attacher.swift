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

  init(_ pipe: consuming Descriptor, loop: EventLoop) {
    self.pipe = pipe
    self.loop = loop
  }

  /// Whether the output has to wait.
  var isFull: Bool { !pending.isEmpty }

  func write(_ bytes: UnsafeRawBufferPointer) {
    if isGone { return }
    let count = send(bytes)
    if isGone || count == bytes.count { return }
    pending = Array(bytes[count...])
    deadline = EventLoop.now + Self.patience
    do throws(KernelError) {
      token = try loop.watch(pipe.number, .write) { [weak self] _ in self?.ready() }
    } catch {
      leave()
    }
  }

  /// Lets it go when its time is over.
  func expire(_ now: Int64) {
    if let deadline, deadline <= now {
      leave()
      onReady()
    }
  }

  private func ready() {
    let count = pending.withUnsafeBytes { send($0) }
    if count > 0 {
      pending.removeFirst(count)
      deadline = EventLoop.now + Self.patience
    }
    if pending.isEmpty { unwatch() }
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

  private func unwatch() {
    if let token { loop.forget(token, pipe.number) }
    token = nil
    deadline = nil
  }

  private func leave() {
    isGone = true
    pending = []
    unwatch()
  }
}
