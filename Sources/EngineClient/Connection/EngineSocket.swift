import Backend
import Glibc
import LinuxKit

/// A connection to the engine: bytes out, bytes in, without holding a thread while it waits.
final class EngineSocket: Sendable {
  private let descriptor: Descriptor

  /// - Throws: `EngineError.unavailable` when no engine answers.
  init(path: String) throws(EngineError) {
    do {
      descriptor = try UnixSocket.connect(path: path)
    } catch {
      switch error.errno {
      case ENOENT, ECONNREFUSED: throw EngineError(.unavailable, "no engine answers at \(path)")
      case EACCES, EPERM: throw EngineError(.denied, "the engine's socket \(path) is root's alone", hint: "use sudo")
      default: throw EngineError(.unavailable, "\(error)")
      }
    }
  }

  /// Sends all of it.
  func send(_ bytes: [UInt8]) async throws {
    var start = 0
    while start < bytes.count {
      let sent = bytes.withUnsafeBytes { raw in
        Glibc.send(descriptor.number, raw.baseAddress.map { $0 + start }, raw.count - start, Int32(MSG_DONTWAIT | MSG_NOSIGNAL))
      }
      if sent >= 0 {
        start += sent
      } else if errno == EAGAIN {
        try await Readiness.shared.writable(descriptor.number)
      } else if errno != EINTR {
        throw EngineError(.unavailable, "the engine went away")
      }
    }
  }

  /// What has come, at most `limit` bytes; empty at the end.
  func receive(limit: Int = 65536) async throws -> [UInt8] {
    while true {
      var failure: Int32 = 0
      let bytes = [UInt8](unsafeUninitializedCapacity: limit) { buffer, count in
        let received = recv(descriptor.number, buffer.baseAddress, limit, Int32(MSG_DONTWAIT))
        count = max(0, received)
        if received < 0 { failure = errno }
      }
      switch failure {
      case 0: return bytes
      case EAGAIN: try await Readiness.shared.readable(descriptor.number)
      case EINTR: continue
      // Closed by the engine with something of ours unread.
      case ECONNRESET: return []
      default: throw EngineError(.unavailable, "the engine went away")
      }
    }
  }
}
