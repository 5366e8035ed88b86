import Backend
import EngineClient
import OCI
import Reconciler
import StackModel
import Synchronization
import TestSupport
import Testing

@Suite struct RequestTests {
  @Test func `whole answers come back as they were`() async throws {
    let backend = FakeBackend()
    try await served(backend) { client async throws in
      #expect(try await client.probe() == backend.probe())
      #expect(try await client.observe("shop") == backend.observed)
      #expect(try await client.observe(nil) == backend.observed)
      #expect(try await client.history("shop") == backend.history("shop"))
      #expect(try await client.images() == backend.images())
      #expect(try await client.importImage(path: "/tmp/x.tar", reference: "app:1").references == ["app:1"])
      let changed = ImportRequest(path: "/tmp/y.tar", reference: nil, changes: ["USER app"], message: "flat", platform: "linux/arm64")
      #expect(try await client.importImage(changed).references == [])
      let request = PullRequest(reference: "app:1")
      #expect(try await client.remoteManifest(request) == backend.remoteManifest(request))
      let search = SearchRequest(
        term: "h.example/web", limit: 7, credentials: ["h.example": RegistryCredential(username: "me", password: "secret")])
      #expect(try await client.searchImages(search) == [SearchResult(name: "web", description: "a web", stars: 3, isOfficial: true)])
      await #expect(throws: EngineError(.notFound, "the registry silent.example offers no search")) {
        try await client.searchImages(SearchRequest(term: "silent.example/web"))
      }
      #expect(try await client.removeImage("library/web:1", force: false) == ["library/web:1", "gently"])
      #expect(try await client.removeImage("registry:5000/a/b@sha256:00", force: true) == ["registry:5000/a/b@sha256:00", "forced"])
    }
    #expect(
      backend.asked.withLock { $0 } == [
        "observe shop", "observe all", "history shop", "history shop", "import /tmp/x.tar app:1",
        "import /tmp/y.tar - USER app flat linux/arm64", #"search h.example/web 7 as ["h.example"]"#, "search silent.example/web 25 as []",
      ])
  }

  @Test func `a stack reaches the engine as it was written`() async throws {
    let backend = FakeBackend()
    var options = UpOptions()
    options.scale = ["web": 3]
    var stack = Stack(name: "shop", workingDirectory: "/srv/é", files: ["/srv/compose.yaml"])
    stack.secrets = ["key": FileSource(origin: .environment("KEY"))]
    let request = StackRequest(project: "shop", stack: stack, operation: .up(options), values: ["secrets.key": "pa\"ss\n"])
    try await served(backend) { client async throws in
      #expect(try await client.plan(request).notes == ["a note"])
    }
    #expect(backend.requests.withLock { $0 } == [request])
  }

  @Test func `an error of the engine arrives with its hint`() async throws {
    try await served { client async throws in
      let absent = EngineError(.notFound, subject: "absent", "no such project", hint: "look at `muster ls`")
      await #expect(throws: absent) { try await client.observe("absent") }
      await #expect(throws: EngineError(.conflict, subject: "busy", "in use by shop-web-1")) {
        try await client.removeImage("busy", force: false)
      }
    }
  }

  @Test(arguments: ["", "..", "Shop", "a/b", "-x", "a b", "é", String(repeating: "a", count: 129)])
  func `what can be no project's name is refused`(name: String) async throws {
    try await served { client async throws in
      let error = await #expect(throws: EngineError.self) {
        try await client.plan(StackRequest(project: ProjectName(name), stack: nil, operation: .start(services: [])))
      }
      #expect(error?.code == .invalid || error?.code == .notFound)
    }
  }

  @Test func `a body about another project than its path is refused`() async throws {
    try await served { client async throws in
      let stack = Stack(name: "other")
      await #expect(throws: EngineError(.invalid, "the request's body is about another project than its path")) {
        try await client.plan(StackRequest(project: "shop", stack: stack, operation: .up(UpOptions())))
      }
    }
  }

  @Test func `without an engine the client says so`() async throws {
    let directory = try TemporaryDirectory("api")
    let client = EngineClient(socket: directory("none.sock"))
    let error = await #expect(throws: EngineError.self) { try await client.probe() }
    #expect(error?.code == .unavailable)
  }

  @Test func `a socket that a dead engine left is replaced, and gone after`() async throws {
    let directory = try TemporaryDirectory("api")
    #expect(leaveStaleSocket(directory("muster.sock")))
    try await serve(FakeBackend(), at: directory("muster.sock")) { client async throws in
      #expect(try await client.observe(nil).generation == 7)
    }
    #expect(!exists(directory("muster.sock")))
  }

  @Test func `the socket is root's alone`() async throws {
    let directory = try TemporaryDirectory("api")
    try await serve(FakeBackend(), at: directory("muster.sock")) { client async throws in
      #expect(mode(client.socket) == 0o600)
    }
  }
}
