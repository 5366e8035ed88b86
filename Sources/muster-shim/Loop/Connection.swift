import Glibc
import LinuxKit
import ShimProtocol

/// One engine's connection: whole requests come out, events go in, and a peer that does not read is let go.
final class Connection {
  private static let longestQueue = 1 << 20
  private let socket: Descriptor
  private let loop: EventLoop
  private var token: UInt64 = 0
  private var reader = FrameReader()
  private var queue: [(bytes: ArraySlice<UInt8>, descriptors: [SharedDescriptor])] = []
  private var onRequest: (Connection, Frame) -> Void
  private var onClose: (Connection) -> Void
  private(set) var isClosed = false

  init(
    _ socket: consuming Descriptor, loop: EventLoop, onRequest: @escaping (Connection, Frame) -> Void,
    onClose: @escaping (Connection) -> Void
  ) throws(KernelError) {
    self.socket = socket
    self.loop = loop
    self.onRequest = onRequest
    self.onClose = onClose
    token = try loop.watch(self.socket.number, .read) { [weak self] in self?.ready($0) }
  }

  /// Whether everything sent has left.
  var isFlushed: Bool { isClosed || queue.isEmpty }

  func send(_ event: ShimEvent, request: UInt32, descriptors: [SharedDescriptor] = []) {
    if isClosed { return }
    queue.append((Frame.bytes(event, request: request, descriptorCount: descriptors.count)[...], descriptors))
    flush()
    if queue.reduce(0, { $0 + $1.bytes.count }) > Self.longestQueue { close() }
  }

  private func ready(_ readiness: Epoll.Readiness) {
    if readiness.contains(.write) { flush() }
    if isClosed || readiness.isDisjoint(with: [.read, .hangUp, .error]) { return }
    do {
      var descriptors: [SharedDescriptor] = []
      let count = try withUnsafeTemporaryAllocation(byteCount: 16384, alignment: 16) { buffer in
        let count = try socket.receive(into: buffer, descriptors: &descriptors)
        try reader.append(UnsafeRawBufferPointer(rebasing: buffer[..<count]), descriptors)
        return count
      }
      if count == 0 { return close() }
      while !isClosed, let frame = try reader.next() { onRequest(self, frame) }
    } catch let error as KernelError where error.errno == EAGAIN {
    } catch {
      close()
    }
  }

  private func flush() {
    while let (bytes, descriptors) = queue.first {
      do throws(KernelError) {
        let count = try bytes.withUnsafeBufferPointer { (raw) throws(KernelError) in
          try socket.send(UnsafeRawBufferPointer(raw), descriptors: descriptors.map(\.number))
        }
        if count < bytes.count { queue[0] = (bytes.dropFirst(count), []) } else { queue.removeFirst() }
      } catch  where error.errno == EAGAIN {
        break
      } catch {
        return close()
      }
    }
    loop.change(token, socket.number, queue.isEmpty ? .read : [.read, .write])
  }

  func close() {
    if isClosed { return }
    isClosed = true
    queue = []
    loop.forget(token, socket.number)
    shutdown(socket.number, Int32(SHUT_RDWR))
    onClose(self)
  }
}
