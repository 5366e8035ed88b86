import Glibc
import ImageBuilder
import ImageStore
import LinuxKit
import OCI
import StackModel
import Testing

/// `ADD` of what is on the web.
@Suite struct RemoteTests {
  private func with(_ body: (BuildFixture, FileServer, String) async throws -> Void) async throws {
    let fixture = try BuildFixture()
    try await fixture.makeBase()
    let server = try FileServer()
    defer { server.stop() }
    try await body(fixture, server, "http://127.0.0.1:\(server.port)")
  }

  @Test func aFileOfTheWebIsAddedAsItIs() async throws {
    try await with { fixture, server, base in
      server.put("/files/tool.sh?v=1", "one", headers: ["Last-Modified: Sun, 06 Nov 1994 08:49:37 GMT"])
      server.put("/moved", "", status: "302 Found", headers: ["Location: \(base)/files/tool.sh?v=1"])
      let dockerfile = """
        FROM base:1
        ARG VERSION=1
        ADD \(base)/files/tool.sh?v=${VERSION} /opt/
        ADD --chmod=0755 --chown=33 \(base)/moved /opt/renamed
        """
      let image = try await fixture.build(dockerfile)
      let root = try fixture.view(image)
      let plain = try root.status("opt/tool.sh")
      #expect(try root.read("opt/tool.sh", limit: 10) == Array("one".utf8))
      #expect(plain.permissions == 0o600 && plain.uid == 0 && plain.modified.seconds == 784_111_777)
      let changed = try root.status("opt/renamed")
      #expect(changed.permissions == 0o755 && changed.uid == 33 && changed.size == 3)
      // What is the same is not added again; it is asked for, because only the server knows.
      try await fixture.build(dockerfile)
      #expect(fixture.lines.count { $0 == "CACHED" } == 2)
      server.put("/files/tool.sh?v=1", "two")
      #expect(try fixture.view(try await fixture.build(dockerfile)).read("opt/tool.sh", limit: 10) == Array("two".utf8))
      #expect(try fixture.names("images/temp").isEmpty)
    }
  }

  /// An archive of the web is a file like others.
  @Test func anArchiveIsNotUnpacked() async throws {
    try await with { fixture, server, base in
      server.put("/a.tar", String(repeating: "\0", count: 10240))
      let root = try fixture.view(try await fixture.build("FROM base:1\nADD \(base)/a.tar /a/"))
      #expect(try root.status("a/a.tar").size == 10240)
    }
  }

  @Test func whatIsNotWhatTheChecksumSaysIsRefused() async throws {
    try await with { fixture, server, base in
      server.put("/f", "content")
      let digest = ContentHash.of(Array("content".utf8))
      let root = try fixture.view(try await fixture.build("FROM base:1\nADD --checksum=\(digest) \(base)/f /x"))
      #expect(try root.read("x", limit: 10) == Array("content".utf8))
      server.put("/f", "another")
      let other = ContentHash.of(Array("another".utf8))
      do {
        try await fixture.build("FROM base:1\nADD --checksum=\(digest) \(base)/f /x")
        Issue.record("no error")
      } catch { #expect("\(error)" == "dockerfile_inline:2:1: \(base)/f is \(other), not \(digest) as --checksum says") }
      do {
        try await fixture.build("FROM base:1\nADD \(base)/none /x")
        Issue.record("no error")
      } catch { #expect("\(error)" == "dockerfile_inline:2:1: \(base)/none: the server answers 404 Not Found") }
      #expect(try fixture.names("images/temp").isEmpty)
    }
  }
}
