import Glibc
import LinuxKit

/// A connection with the machine's systemd, over the socket that it keeps for root (what `systemctl` uses as root): no bus is needed.
///
/// One call at a time; each waits for its answer.
public struct Systemd {
  private let socket: SharedDescriptor
  private var serial: UInt32 = 0
  private var received: [UInt8] = []
  /// Jobs whose end was told before anybody asked.
  private var ended: [BusMessage] = []
  private let patience: Int32

  /// Whether systemd runs this machine (sd_booted(3)).
  public static var isRunning: Bool { access("/run/systemd/system", F_OK) == 0 }

  /// Connects. `patience` is in seconds and for each message; `socket` is another place in tests.
  public init(socket path: String = "/run/systemd/private", patience: Int32 = 30) throws(SystemdError) {
    self.patience = patience
    do throws(KernelError) {
      socket = SharedDescriptor(try UnixSocket.connect(path: path))
      // The specification's "EXTERNAL": the kernel tells who is here; the user's number is sent as hexadecimal text of its decimal digits.
      let user = String(getuid()).utf8.map { String($0, radix: 16) }.joined()
      try socket.descriptor.writeAll("\0AUTH EXTERNAL \(user)\r\n")
    } catch {
      throw SystemdError("\(error)")
    }
    let answer = try line()
    guard answer.hasPrefix("OK") else { throw SystemdError("this user may not ask: \(answer)") }
    try send(Array("BEGIN\r\n".utf8))
  }

  /// Starts a transient unit (`StartTransientUnit`) and waits for its job.
  public mutating func start(_ name: String, _ properties: [UnitProperty]) throws(SystemdError) {
    var body = BusWriter()
    body.text(name)
    body.text("replace")
    body.properties(properties)
    // Units that are made along with it.
    body.array(boundary: 8) { _ in }
    let job = try objectPath(try call("StartTransientUnit", "ssa(sv)a(sa(sv))", body.bytes))
    try wait(job, "starting", name)
  }

  /// Stops a unit and waits until it is; one that is not there is fine.
  public mutating func stop(_ name: String) throws(SystemdError) {
    var body = BusWriter()
    body.text(name)
    body.text("replace")
    do throws(SystemdError) {
      let job = try objectPath(try call("StopUnit", "ss", body.bytes))
      try wait(job, "stopping", name)
    } catch {
      if error.name != "org.freedesktop.systemd1.NoSuchUnit" { throw error }
    }
  }

  /// Lets go of a unit that has failed; one that is not there is fine.
  public mutating func resetFailed(_ name: String) throws(SystemdError) {
    var body = BusWriter()
    body.text(name)
    do throws(SystemdError) {
      _ = try call("ResetFailedUnit", "s", body.bytes)
    } catch {
      if error.name != "org.freedesktop.systemd1.NoSuchUnit" { throw error }
    }
  }

  /// Changes properties of a unit until it ends or the machine does.
  public mutating func set(_ properties: [UnitProperty], of name: String) throws(SystemdError) {
    var body = BusWriter()
    body.text(name)
    body.number(1)
    body.properties(properties)
    _ = try call("SetUnitProperties", "sba(sv)", body.bytes)
  }

  private mutating func call(_ member: String, _ signature: String, _ body: [UInt8]) throws(SystemdError) -> BusMessage {
    serial += 1
    try send(BusMessage(call: member, serial: serial, signature: signature, body: body).bytes)
    while true {
      let message = try next()
      guard message.answers == serial else {
        if message.member == "JobRemoved" { ended.append(message) }
        continue
      }
      if message.kind == .failure {
        var reader = BusReader(message.body[...])
        let text = message.signature.hasPrefix("s") ? try reader.text() : ""
        throw SystemdError("\(member): \(text.isEmpty ? message.name ?? "" : text)", name: message.name)
      }
      return message
    }
  }

  /// Waits for `JobRemoved` of a job.
  private mutating func wait(_ job: String, _ what: String, _ name: String) throws(SystemdError) {
    while true {
      let message = ended.isEmpty ? try next() : ended.removeFirst()
      guard message.kind == .signal, message.member == "JobRemoved" else { continue }
      var reader = BusReader(message.body[...])
      _ = try reader.number()
      guard try reader.text() == job else { continue }
      _ = try reader.text()
      let result = try reader.text()
      if result != "done" { throw SystemdError("\(what) \(name): \(result)") }
      return
    }
  }

  private func objectPath(_ message: BusMessage) throws(SystemdError) -> String {
    var reader = BusReader(message.body[...])
    return try reader.text()
  }

  private mutating func next() throws(SystemdError) -> BusMessage {
    while true {
      if let length = try BusMessage.length(received[...]), received.count >= length {
        let message = try BusMessage(received[..<length])
        received.removeFirst(length)
        return message
      }
      try receive()
    }
  }

  private mutating func line() throws(SystemdError) -> String {
    while true {
      if let end = received.firstIndex(of: UInt8(ascii: "\n")) {
        let text = String(decoding: received[..<end], as: UTF8.self)
        received.removeFirst(end + 1)
        return text
      }
      if received.count > 4096 { throw SystemdError("the answer to AUTH has no end") }
      try receive()
    }
  }

  private mutating func receive() throws(SystemdError) {
    var watched = pollfd(fd: socket.number, events: Int16(POLLIN), revents: 0)
    let ready = poll(&watched, 1, patience * 1000)
    if ready < 0, errno == EINTR { return }
    guard ready > 0 else { throw SystemdError("no answer within \(patience) seconds") }
    var chunk = [UInt8](repeating: 0, count: 16384)
    let count = read(socket.number, &chunk, chunk.count)
    if count < 0, errno == EINTR || errno == EAGAIN { return }
    if count <= 0 { throw SystemdError("it has closed the connection") }
    received += chunk[..<count]
  }

  private func send(_ bytes: [UInt8]) throws(SystemdError) {
    do throws(KernelError) { try socket.descriptor.writeAll(bytes) } catch { throw SystemdError("\(error)") }
  }
}
