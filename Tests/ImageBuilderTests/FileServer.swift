import Foundation
import Glibc
import Synchronization

/// A web server on loopback that knows a few paths, one connection at a time.
final class FileServer: Sendable {
  let port: UInt16
  private let listener: Int32
  /// The whole answer to each path.
  private let answers = Mutex<[String: String]>([:])
  private let asked = Mutex<[String]>([])

  init() throws {
    listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    var name = sockaddr_in()
    name.sin_family = sa_family_t(AF_INET)
    name.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    let number = listener
    let bound = withUnsafeMutablePointer(to: &name) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { bind(number, $0, length) == 0 && getsockname(number, $0, &length) == 0 }
    }
    guard bound, listen(listener, 16) == 0 else { throw CocoaError(.fileReadUnknown) }
    port = UInt16(bigEndian: name.sin_port)
    Thread.detachNewThread { [self] in while serve() {} }
  }

  func put(_ path: String, _ body: String, status: String = "200 OK", headers: [String] = []) {
    let head = (["HTTP/1.1 \(status)", "Content-Length: \(body.utf8.count)", "Connection: close"] + headers).joined(separator: "\r\n")
    answers.withLock { $0[path] = head + "\r\n\r\n" + body }
  }

  var requests: [String] { asked.withLock { $0 } }

  /// Ends the listening, and with it the thread.
  func stop() { shutdown(listener, Int32(SHUT_RDWR)) }

  private func serve() -> Bool {
    let connection = accept(listener, nil, nil)
    guard connection >= 0 else {
      close(listener)
      return false
    }
    defer { close(connection) }
    var request: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 4096)
    while !request.suffix(4).elementsEqual(Array("\r\n\r\n".utf8)) {
      let count = read(connection, &buffer, buffer.count)
      guard count > 0 else { return true }
      request += buffer[..<count]
    }
    let path = String(decoding: request, as: UTF8.self).split(separator: " ").dropFirst().first.map(String.init) ?? ""
    asked.withLock { $0.append(path) }
    let answer = answers.withLock { $0[path] } ?? "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
    _ = Array(answer.utf8).withUnsafeBytes { send(connection, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
    return true
  }
}
