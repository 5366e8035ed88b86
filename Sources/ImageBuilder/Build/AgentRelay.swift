import Glibc
import LinuxKit

/// A socket for one RUN behind which an SSH agent answers: the command gets no file of the host, and may use the agent whatever its user.
///
/// One thread carries all connections, each direction no faster than its reader takes it, until `stop`.
final class AgentRelay: Sendable {
  /// How many connections are carried at once; others wait.
  private static let most = 32
  private let agent: String
  private let listener: SharedDescriptor
  private let wakeup: Wakeup

  /// - Parameters:
  ///   - path: Where the socket is made; it is not removed.
  ///   - agent: The agent's own socket.
  /// - Throws: `KernelError` when there can be no such socket, `BuildError` when there is no agent.
  init(path: String, owner: FileOwner, mode: UInt32, agent: String) throws {
    do throws(KernelError) {
      _ = try UnixSocket.connect(path: agent)
    } catch {
      throw BuildError(
        "the SSH agent at \(agent) does not answer: \(error.reason)",
        hint: error.errno == ENOTSOCK || error.errno == ECONNREFUSED
          ? "it has to be an agent's socket; a key file goes into an agent with ssh-add" : "start one, and tell it with SSH_AUTH_SOCK")
    }
    self.agent = agent
    listener = SharedDescriptor(try UnixSocket.listen(path: path))
    guard chmod(path, mode) == 0 else { throw KernelError.last("chmod(2)", [path]) }
    guard lchown(path, owner.uid, owner.gid) == 0 else { throw KernelError.last("lchown(2)", [path]) }
    wakeup = try Wakeup()
    guard startThread({ self.run() }) else { throw KernelError("pthread_create(3)", errno: EAGAIN) }
  }

  /// Closes every connection, and takes no more.
  func stop() { wakeup.signal() }

  private func run() {
    var connections: [RelayedAgent] = []
    while true {
      var waits = [pollfd(fd: wakeup.number, events: Int16(POLLIN), revents: 0)]
      waits.append(pollfd(fd: connections.count < Self.most ? listener.number : -1, events: Int16(POLLIN), revents: 0))
      for connection in connections { waits += connection.waits }
      if poll(&waits, nfds_t(waits.count), -1) < 0 {
        if errno == EINTR { continue }
        return
      }
      if waits[0].revents != 0 { return }
      for (index, connection) in connections.enumerated() { connection.carry(waits[2 + 2 * index].revents, waits[3 + 2 * index].revents) }
      connections.removeAll(where: \.isOver)
      guard waits[1].revents != 0 else { continue }
      if let client = try? UnixSocket.accept(listener.descriptor), let server = try? UnixSocket.connect(path: agent) {
        try? server.setNonBlocking()
        connections.append(RelayedAgent(SharedDescriptor(client), SharedDescriptor(server)))
      }
    }
  }
}

/// One connection to the agent: what either end has said and the other has not taken yet.
private final class RelayedAgent {
  private struct Direction {
    let from: SharedDescriptor
    let to: SharedDescriptor
    var held: [UInt8] = []
    var isAtEnd = false
    /// The end has been told on.
    var isClosed = false
  }
  private static let room = 64 << 10
  private var ways: [Direction]
  private var hasFailed = false

  init(_ client: SharedDescriptor, _ server: SharedDescriptor) {
    ways = [Direction(from: client, to: server), Direction(from: server, to: client)]
  }

  var isOver: Bool { hasFailed || ways.allSatisfy(\.isClosed) }

  /// What to wait for at the client's end and at the agent's.
  var waits: [pollfd] {
    zip(ways, ways.reversed()).map { way, back in
      var events: Int32 = 0
      if !way.isAtEnd, way.held.count < Self.room { events |= POLLIN }
      if !back.held.isEmpty { events |= POLLOUT }
      return pollfd(fd: events == 0 ? -1 : way.from.number, events: Int16(events), revents: 0)
    }
  }

  /// Goes on with what the two ends are ready for.
  func carry(_ client: Int16, _ server: Int16) {
    for (index, ready) in [client, server].enumerated() where ready & Int16(POLLIN | POLLHUP | POLLERR) != 0 { fill(&ways[index]) }
    for index in ways.indices { drain(&ways[index]) }
  }

  private func fill(_ way: inout Direction) {
    let room = Self.room - way.held.count
    guard !way.isAtEnd, room > 0 else { return }
    var count = 0
    let bytes = [UInt8](unsafeUninitializedCapacity: room) { buffer, filled in
      count = recv(way.from.number, buffer.baseAddress, room, Int32(MSG_DONTWAIT))
      filled = max(0, count)
    }
    way.held += bytes
    if count == 0 { way.isAtEnd = true }
    if count < 0, errno != EAGAIN, errno != EINTR { hasFailed = true }
  }

  private func drain(_ way: inout Direction) {
    if !way.held.isEmpty {
      let count = way.held.withUnsafeBytes { send(way.to.number, $0.baseAddress, $0.count, Int32(MSG_DONTWAIT | MSG_NOSIGNAL)) }
      if count > 0 { way.held.removeFirst(count) }
      if count < 0, errno != EAGAIN, errno != EINTR { hasFailed = true }
    }
    if way.isAtEnd, way.held.isEmpty, !way.isClosed {
      way.isClosed = true
      shutdown(way.to.number, Int32(SHUT_WR))
    }
  }
}
