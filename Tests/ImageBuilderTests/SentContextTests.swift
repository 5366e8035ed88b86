import Diagnostics
import Glibc
import ImageBuilder
import ImageStore
import LinuxKit
import OCI
import StackModel
import TestSupport
import Testing

/// Contexts that a command gets on its standard input.
@Suite struct SentContextTests {
  private func build(_ fixture: BuildFixture, _ spec: BuildSpec, _ sent: SentContext) async throws -> Image {
    try await ImageBuilder(store: fixture.store, sandbox: fixture.sandbox).build(
      spec, sent: sent, references: [try ImageReference("out")])
  }

  @Test(arguments: ["-cf", "-czf", "-cJf"]) func anArchiveIsTheContext(how: String) async throws {
    let fixture = try BuildFixture()
    try fixture.write("in/sub/Dockerfile", "FROM scratch\nCOPY . /\n")
    try fixture.write("in/skipped", "")
    try fixture.write("in/.dockerignore", "skipped\n")
    try await run("tar", how, fixture.path + "/in.tar", "--owner=1000", "-C", fixture.path + "/in", ".").expect()
    let image = try await build(
      fixture, BuildSpec(context: "-", dockerfile: "sub/Dockerfile"), .archive(fixture.path + "/in.tar"))
    let root = try fixture.view(image)
    #expect(try root.open(".", O_RDONLY | O_DIRECTORY).entries().map(\.text).sorted() == [".dockerignore", "sub"])
    #expect(try root.locate("sub/Dockerfile").status().uid == 0)
    // Nothing of it stays.
    #expect(try fixture.names("images/temp") == [])
  }

  @Test func whatIsNoContextIsTold() async throws {
    let fixture = try BuildFixture()
    try fixture.write("text", "this is no archive")
    let spec = BuildSpec(context: "-", dockerfile: "Dockerfile")
    for path in ["/text", "/nowhere", ""] {
      let error = await #expect(throws: BuildError.self) { try await build(fixture, spec, .archive(fixture.path + path)) }
      #expect(error?.message.hasPrefix("the build context on standard input: ") == true, "\(path): \(String(describing: error))")
    }
    #expect(try fixture.names("images/temp") == [])
  }

  @Test func aDockerfileAloneHasNoFiles() async throws {
    let fixture = try BuildFixture()
    let error = await #expect(throws: (any Error).self) {
      try await build(fixture, BuildSpec(context: "-", inlineDockerfile: "FROM scratch\nCOPY page /\n"), .nothing)
    }
    #expect("\(error as Any)".contains("page"))
    _ = try await build(fixture, BuildSpec(context: "-", inlineDockerfile: "FROM scratch\nLABEL a=b\n"), .nothing)
  }
}
