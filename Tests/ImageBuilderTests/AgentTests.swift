import Glibc
import ImageStore
import LinuxKit
import StackModel
import Synchronization
import TestSupport
import Testing

@testable import ImageBuilder

/// `RUN --mount=type=ssh`
@Suite struct AgentTests {
  /// An agent that answers what it is told, reversed.
  private final class Agent: Sendable {
    let path: String
    private let listener: SharedDescriptor

    init(_ path: String) throws {
      self.path = path
      listener = SharedDescriptor(try UnixSocket.listen(path: path))
      let begins = startThread { [listener] in
        while true {
          var wait = pollfd(fd: listener.number, events: Int16(POLLIN), revents: 0)
          guard poll(&wait, 1, 300_000) > 0, let client = try? UnixSocket.accept(listener.descriptor) else { return }
          _ = fcntl(client.number, F_SETFL, 0)
          guard let asked = try? client.readAll(limit: 8 << 20), !asked.isEmpty else { continue }
          try? client.writeAll(asked.reversed())
        }
      }
      #expect(begins)
    }

    deinit { unlink(path) }
  }

  private func ask(_ socket: String, _ words: [UInt8]) throws -> [UInt8] {
    let client = try UnixSocket.connect(path: socket)
    let number = client.number
    // Both ways at once: neither end has room for all of it.
    let writer = SharedDescriptor(try client.duplicate())
    let begins = startThread {
      try? writer.descriptor.writeAll(words)
      shutdown(writer.number, Int32(SHUT_WR))
    }
    #expect(begins)
    var wait = pollfd(fd: number, events: Int16(POLLIN), revents: 0)
    try #require(poll(&wait, 1, 60_000) == 1)
    return try client.readAll(limit: 8 << 20)
  }

  @Test func aCommandReachesTheAgentWhoeverItIs() async throws {
    let fixture = try BuildFixture()
    try await fixture.makeBase()
    let agent = try Agent(fixture.path + "/agent.sock")
    let answers = Mutex<[[UInt8]]>([])
    let long = (0..<(3 << 20)).map { UInt8(truncatingIfNeeded: $0 &* 31) }
    fixture.sandbox.action.withLock {
      $0 = { command, root in
        let mount = try #require(command.mounts.first)
        guard case .path(let socket, true) = mount.source else { return 1 }
        #expect(mount.target == "/run/buildkit/ssh_agent.0" && command.environment["SSH_AUTH_SOCK"] == mount.target)
        var status = stat()
        #expect(lstat(socket, &status) == 0)
        #expect(status.st_mode == S_IFSOCK | 0o660 && status.st_uid == 7 && status.st_gid == 8)
        for words in [Array("hello".utf8), long] {
          let answer = try ask(socket, words)
          answers.withLock { $0.append(answer) }
        }
        return 0
      }
    }
    _ = try await fixture.build("FROM base:1\nRUN --mount=type=ssh,required,uid=7,gid=8,mode=0660 git clone") {
      $0.options = BuildOptions()
      $0.options?.agents = ["default": agent.path]
    }
    #expect(answers.withLock { $0 } == [Array("olleh".utf8), long.reversed()])
  }

  @Test func whatIsMissingIsToldOrLeftOut() async throws {
    let fixture = try BuildFixture()
    try await fixture.makeBase()
    _ = try await fixture.build("FROM base:1\nRUN --mount=type=ssh true")
    #expect(fixture.sandbox.commands.withLock { $0.last?.mounts } == [])
    func message(_ flag: String, _ agents: [String: String]) async -> String {
      do {
        _ = try await fixture.build("FROM base:1\nRUN --mount=type=ssh,\(flag) false") {
          $0.options = BuildOptions()
          $0.options?.agents = agents
        }
        return "built"
      } catch { return "\(error)" }
    }
    #expect(await message("required=true", [:]).contains("the SSH agent default is required and not given"))
    #expect(await message("id=my", ["my": ""]).contains("SSH_AUTH_SOCK is not set"))
    try fixture.write("key.pem", "-----BEGIN")
    let key = await message("id=my", ["my": fixture.path + "/key.pem"])
    #expect(key.contains("does not answer") && key.contains("ssh-add"), "\(key)")
    #expect(await message("id=a/b", [:]).contains("needs a target"))
    #expect(await message("source=x", [:]).contains("a mount of type ssh has no source"))
  }
}
