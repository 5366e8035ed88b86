import Glibc
import LinuxKit
import ShimProtocol
import Synchronization

/// The engine's end of a connection with a shim: requests with their answers, and what the shim tells unasked.
final class ShimConnection: Sendable {
  typealias Answer = Result<(event: ShimEvent, descriptors: [SharedDescriptor]), ShimError>

  private struct State {
    var reader = FrameReader()
    var pending: [UInt32: CheckedContinuation<Answer, Never>] = [:]
    var nextRequest: UInt32 = 1
    var queue: [(bytes: ArraySlice<UInt8>, descriptors: [SharedDescriptor])] = []
    var token: UInt64 = 0
    var isClosed = false
  }
  private let socket: Descriptor
  private let reactor: Reactor
  private let state = Mutex(State())
  private let onEvent: @Sendable (ShimEvent) -> Void
  private let onClose: @Sendable () -> Void

  init(
    _ socket: consuming Descriptor, _ reactor: Reactor, onEvent: @escaping @Sendable (ShimEvent) -> Void,
    onClose: @escaping @Sendable () -> Void
  ) throws(KernelError) {
    try socket.setNonBlocking()
    self.socket = socket
    self.reactor = reactor
    self.onEvent = onEvent
    self.onClose = onClose
  }

  /// Begins to listen; the reactor keeps this object until the connection has closed.
  func open() throws(KernelError) {
    let token = try reactor.watch(socket.number, .read) { [self] in ready($0) }
    state.withLock { $0.token = token }
  }

  /// Asks and waits for the answer. `descriptors` are the caller's and may be closed when this returns.
  func ask(_ request: ShimRequest, descriptors: [Int32] = []) async -> Answer {
    var sent: [SharedDescriptor] = []
    do throws(KernelError) {
      // Copies, because a full socket makes them wait here.
      for number in descriptors { sent.append(SharedDescriptor(try Descriptor.duplicate(number))) }
    } catch {
      return .failure(ShimError(errno: error.errno, error.description))
    }
    return await withCheckedContinuation { continuation in
      let isOpen = state.withLock { state in
        if state.isClosed { return false }
        let number = state.nextRequest
        state.nextRequest = number == .max ? 1 : number + 1
        state.pending[number] = continuation
        state.queue.append((Frame.bytes(request, request: number, descriptorCount: sent.count)[...], sent))
        return true
      }
      if isOpen { flush() } else { continuation.resume(returning: .failure(Self.gone)) }
    }
  }

  static let gone = ShimError(errno: ECONNRESET, "the container's shim is gone")

  private func flush() {
    let isBroken = state.withLock { state in
      if state.isClosed { return false }
      while let (bytes, descriptors) = state.queue.first {
        do throws(KernelError) {
          let count = try bytes.withUnsafeBufferPointer { (raw) throws(KernelError) in
            try socket.send(UnsafeRawBufferPointer(raw), descriptors: descriptors.map(\.number))
          }
          if count < bytes.count { state.queue[0] = (bytes.dropFirst(count), []) } else { state.queue.removeFirst() }
        } catch {
          if error.errno == EAGAIN { break }
          return true
        }
      }
      reactor.change(state.token, socket.number, state.queue.isEmpty ? .read : [.read, .write])
      return false
    }
    if isBroken { close() }
  }

  private func ready(_ readiness: Epoll.Readiness) {
    if readiness.contains(.write) { flush() }
    guard !readiness.isDisjoint(with: [.read, .hangUp, .error]) else { return }
    while true {
      var frames: [Frame] = []
      var isOver = false
      do {
        var descriptors: [SharedDescriptor] = []
        try withUnsafeTemporaryAllocation(byteCount: 16384, alignment: 16) { buffer in
          let count = try socket.receive(into: buffer, descriptors: &descriptors)
          isOver = count == 0
          let received = UnsafeRawBufferPointer(rebasing: buffer[..<count])
          try state.withLock { state in
            try state.reader.append(received, descriptors)
            while let frame = try state.reader.next() { frames.append(frame) }
          }
        }
        for frame in frames { take(try ShimEvent(wireBytes: frame.payload), frame) }
      } catch let error as KernelError where error.errno == EAGAIN {
        return
      } catch {
        isOver = true
      }
      if isOver { return close() }
    }
  }

  private func take(_ event: ShimEvent, _ frame: Frame) {
    guard frame.request != 0 else { return onEvent(event) }
    let continuation = state.withLock { $0.pending.removeValue(forKey: frame.request) }
    if case .refused(let errno, let detail) = event {
      continuation?.resume(returning: .failure(ShimError(errno: errno, detail)))
    } else {
      continuation?.resume(returning: .success((event, frame.descriptors)))
    }
  }

  /// Everybody who waits is told that the shim is gone.
  func close() {
    let closing = state.withLock { state -> (UInt64, [CheckedContinuation<Answer, Never>])? in
      if state.isClosed { return nil }
      state.isClosed = true
      state.queue = []
      defer { state.pending = [:] }
      return (state.token, Array(state.pending.values))
    }
    guard let (token, waiting) = closing else { return }
    reactor.forget(token, socket.number)
    shutdown(socket.number, Int32(SHUT_RDWR))
    for continuation in waiting { continuation.resume(returning: .failure(Self.gone)) }
    onClose()
  }
}
