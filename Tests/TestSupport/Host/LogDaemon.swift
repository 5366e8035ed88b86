import Glibc
import LinuxKit
import Synchronization

/// A daemon of a test's own that takes messages at a unix socket, until it is stopped: datagrams, or a stream of lines. What comes as a file in memory
/// is a message as well.
package final class LogDaemon: Sendable {
  private struct State {
    var messages: [[UInt8]] = []
    var isAsleep = false
    var isOver = false
    var hasEnded = false
  }
  private let state = Mutex(State())
  private let path: String

  package init(at path: String, keepsStream: Bool = false) throws {
    self.path = path
    unlink(path)
    let socket = keepsStream ? try UnixSocket.listen(path: path) : try Self.datagrams(at: path)
    let number = socket.release()
    let isServed = startThread { [self] in
      serve(number, keepsStream)
      state.withLock { $0.hasEnded = true }
    }
    guard isServed else { throw SystemFailure("no thread for a daemon") }
  }

  /// What has come so far.
  package var messages: [String] { state.withLock { $0.messages.map { String(decoding: $0, as: UTF8.self) } } }

  /// Takes nothing any more, until it is woken; it stays connected.
  package func sleep() { state.withLock { $0.isAsleep = true } }
  package func wake() { state.withLock { $0.isAsleep = false } }

  /// Goes, its socket as well; returns when that is done.
  package func stop() {
    unlink(path)
    state.withLock { $0.isOver = true }
    while !state.withLock({ $0.hasEnded }) { usleep(2000) }
  }

  private static func datagrams(at path: String) throws -> Descriptor {
    let socket = Descriptor(owning: Glibc.socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0))
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    let bytes = Array(path.utf8)
    guard bytes.count < MemoryLayout.size(ofValue: address.sun_path) else {
      throw SystemFailure("the path \(path) is too long for a socket")
    }
    withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: bytes) }
    let number = socket.number
    let result = withUnsafePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { bind(number, $0, socklen_t(MemoryLayout<sockaddr_un>.size)) }
    }
    guard result == 0 else { throw SystemFailure("bind \(path)") }
    try socket.setNonBlocking()
    return socket
  }

  /// The thread. The sockets are its own, so that they are gone with it.
  private func serve(_ number: Int32, _ keepsStream: Bool) {
    let socket = SharedDescriptor(Descriptor(owning: number))
    var buffer = [UInt8](repeating: 0, count: 262_144)
    var connections: [(socket: SharedDescriptor, begun: [UInt8])] = []
    while !state.withLock({ $0.isOver }) {
      usleep(200)
      if state.withLock({ $0.isAsleep }) { continue }
      if !keepsStream {
        while let message = take(socket, &buffer) { add([message]) }
        continue
      }
      while let accepted = try? UnixSocket.accept(socket.descriptor) { connections.append((SharedDescriptor(accepted), [])) }
      for index in connections.indices {
        while let bytes = take(connections[index].socket, &buffer), !bytes.isEmpty { connections[index].begun += bytes }
        let lines = connections[index].begun.split(separator: 0x0A, omittingEmptySubsequences: false)
        add(lines.dropLast().map { Array($0) + [0x0A] })
        connections[index].begun = Array(lines.last ?? [])
      }
    }
  }

  private func add(_ messages: [[UInt8]]) { if !messages.isEmpty { state.withLock { $0.messages += messages } } }

  /// The next that has come; nil when there is none.
  private func take(_ socket: SharedDescriptor, _ buffer: inout [UInt8]) -> [UInt8]? {
    var files: [SharedDescriptor] = []
    let count = try? buffer.withUnsafeMutableBytes { try socket.descriptor.receive(into: $0, descriptors: &files) }
    guard let count else { return nil }
    guard let file = files.first else { return Array(buffer[..<count]) }
    lseek(file.number, 0, SEEK_SET)
    return try? file.descriptor.readAll(limit: 64 << 20)
  }
}
