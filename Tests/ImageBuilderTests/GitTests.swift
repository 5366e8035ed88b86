import Glibc
import ImageStore
import LinuxKit
import StackModel
import TestSupport
import Testing

@testable import ImageBuilder

/// Contexts and `ADD` from git repositories, of git's own server on loopback.
@Suite(.enabled("git is not installed") { access("/usr/bin/git", X_OK) == 0 }) struct GitTests {
  /// A repository with two commits, a tag on the first, and a branch.
  private func with(_ body: (BuildFixture, _ address: String, _ first: String) async throws -> Void) async throws {
    let fixture = try BuildFixture()
    try await fixture.makeBase()
    let source = fixture.path + "/outside/shop"
    func git(_ words: String...) async throws -> String {
      let ended = try await run(
        ["git", "-c", "user.name=t", "-c", "user.email=t@t", "-C", source] + words, environment: ["HOME": fixture.path])
      #expect(ended.status == 0, "\(ended)")
      return ended.output.split(separator: "\n").first.map(String.init) ?? ""
    }
    try fixture.write("outside/shop/Dockerfile", "FROM base:1\nCOPY . /app/\n")
    try fixture.write("outside/shop/page", "one\n")
    try fixture.write("outside/shop/site/Dockerfile", "FROM base:1\nCOPY only /only\n")
    try fixture.write("outside/shop/site/only", "site\n")
    try fixture.write("outside/shop/.dockerignore", "site\n")
    #expect(symlink("/etc", source + "/link") == 0)
    _ = try await git("init", "-q", "-b", "main")
    _ = try await git("add", ".")
    _ = try await git("commit", "-q", "-m", "one")
    _ = try await git("tag", "v1")
    let first = try await git("rev-parse", "HEAD")
    try fixture.write("outside/shop/page", "two\n")
    _ = try await git("commit", "-q", "-a", "-m", "two")

    let (port, server) = try await serve(fixture.path + "/outside")
    defer { server.signal(SIGKILL) }
    try await body(fixture, "git://127.0.0.1:\(port)/shop", first)
  }

  private func serve(_ directory: String) async throws -> (UInt16, Child) {
    for _ in 0..<20 {
      let port = UInt16.random(in: 21000...29000)
      let server = try Child(
        ["/usr/lib/git-core/git-daemon", "--export-all", "--listen=127.0.0.1", "--port=\(port)", "--base-path=\(directory)", directory],
        environment: plainEnvironment([
          "HOME": directory, "GIT_CONFIG_COUNT": "1", "GIT_CONFIG_KEY_0": "safe.directory", "GIT_CONFIG_VALUE_0": "*",
        ]))
      for _ in 0..<200 {
        if try await run("git", "ls-remote", "git://127.0.0.1:\(port)/shop").status == 0 { return (port, server) }
        try await Task.sleep(for: .milliseconds(20))
      }
      server.signal(SIGKILL)
    }
    throw BuildError("no git daemon")
  }

  private func build(_ fixture: BuildFixture, _ context: String, dockerfile: String? = "Dockerfile") async throws -> RootedDirectory {
    try fixture.view(
      try await fixture.build("") {
        $0.context = context
        $0.inlineDockerfile = nil
        $0.dockerfile = dockerfile
      })
  }

  private func read(_ path: String, in root: borrowing RootedDirectory) throws -> String {
    String(decoding: try root.read(path, limit: 100), as: UTF8.self)
  }

  @Test func aRepositoryIsAContext() async throws {
    try await with { fixture, address, first in
      let newest = try await build(fixture, address)
      #expect(try read("app/page", in: newest) == "two\n")
      #expect(try !newest.exists(Array("app/.git".utf8CString)) && !newest.exists(Array("app/site".utf8CString)))
      #expect(fixture.lines.contains { $0.hasPrefix("[internal] load git source git://127.0.0.1") })
      #expect(try read("app/page", in: try await build(fixture, address + "#v1")) == "one\n")
      #expect(try read("app/page", in: try await build(fixture, address + "#main")) == "two\n")
      #expect(try read("app/page", in: try await build(fixture, address + "#" + first)) == "one\n")
      #expect(try read("only", in: try await build(fixture, address + "#:site")) == "site\n")
      #expect(try read("only", in: try await build(fixture, address + "#v1:site/.")) == "site\n")
      #expect(try fixture.names("images/temp").isEmpty)
    }
  }

  @Test func whatCannotBeHadIsTold() async throws {
    try await with { (fixture, address, _) async throws in
      func message(_ context: String, _ dockerfile: String = "Dockerfile") async -> String {
        do {
          _ = try await build(fixture, context, dockerfile: dockerfile)
          return "built"
        } catch { return "\(error)" }
      }
      #expect(await message(address + "#none").contains("cannot be fetched"))
      #expect(await message(address + "#0000000000000000000000000000000000000001").contains("cannot be fetched"))
      #expect(await message(address + "-none").contains("cannot be fetched"))
      #expect(await message(address + "#--upload-pack=touch /tmp/x").contains("is no branch, tag or commit"))
      #expect(await message(address + "#main:../..").contains("is outside the repository"))
      #expect(await message(address + "#main:link").contains("has no directory link"))
      #expect(await message(address + "#main:page").contains("has no directory page"))
      #expect(await message(address, "link/passwd").contains("the Dockerfile link/passwd"))
      #expect(await message(address, "../../../../etc/passwd").contains("the Dockerfile"))
      #expect(try fixture.names("images/temp").isEmpty)
    }
  }

  @Test func aRepositoryIsAdded() async throws {
    try await with { fixture, address, _ in
      let root = try fixture.view(
        try await fixture.build("FROM base:1\nADD \(address)#v1 /src/\nADD --keep-git-dir=true \(address)#main:site /site\n"))
      #expect(try read("src/page", in: root) == "one\n" && read("site/only", in: root) == "site\n")
      #expect(try !root.exists(Array("src/.git".utf8CString)))
      try await fixture.build("FROM base:1\nADD \(address)#v1 /src/")
      #expect(fixture.lines.count { $0 == "CACHED" } == 1)
      await #expect(throws: DockerfileError.self) {
        try await fixture.build("FROM base:1\nADD --checksum=sha256:\(String(repeating: "0", count: 64)) \(address) /x")
      }
      #expect(try fixture.names("images/temp").isEmpty)
    }
  }

  /// `additional_contexts`, of which only those are fetched that something takes files from.
  @Test func aRepositoryIsAnAdditionalContext() async throws {
    try await with { fixture, address, _ in
      func give(_ spec: inout BuildSpec) {
        var options = BuildOptions()
        options.contexts = ["old": .remote(address + "#v1"), "site": .remote(address + "#:site"), "none": .remote(address + "#none")]
        spec.options = options
      }
      let text = "FROM base:1 AS other\nCOPY --from=none x /x\nFROM base:1\nCOPY --from=old page /\nCOPY --from=site . /site\n"
      let root = try fixture.view(try await fixture.build(text, change: give))
      #expect(try read("page", in: root) == "one\n" && read("site/only", in: root) == "site\n")
      #expect(fixture.lines.count { $0.hasPrefix("[internal] load git source") } == 2)
      try await fixture.build(text, change: give)
      #expect(fixture.lines.count { $0 == "CACHED" } == 2)
      // Nothing of it leads out, and it is no image.
      for (text, problem) in [
        ("FROM base:1\nCOPY --from=old link/passwd /", "the additional context old"),
        ("FROM none", "is a git repository, which cannot be built upon"),
        ("FROM base:1\nCOPY --from=none . /", "cannot be fetched"),
      ] {
        do {
          try await fixture.build(text, change: give)
          Issue.record("built: \(text)")
        } catch { #expect("\(error)".contains(problem), "\(error)") }
      }
      #expect(try fixture.names("images/temp").isEmpty)
    }
  }
}
