import TestSupport
import Testing

extension Scenarios {
  /// `examples/hello`, and the builder's cache.
  @Suite struct Examples {
    @Test func helloAnswersAndItsSecondBuildDoesNothing() async throws {
      let port = try freePort()
      let stage = try Stage(environment: ["HELLO_PORT": String(port)])
      for name in ["compose.yaml", "Dockerfile", "index.html"] {
        try stage.write(name, readText("\(repository)/examples/hello/\(name)"))
      }
      try writeFile(stage.directory + "/busybox", readFile("/bin/busybox"), mode: 0o755)
      try await stage.play { stage in
        try await stage("up", "--detach", "--wait")
        let page = try await fetch("http://127.0.0.1:\(port)/")
        #expect(page.body.contains("Hello from a container"), "\(page)")
        #expect(try await stage("images").output.contains("hello-web"))

        let id = try await stage("ps", "--quiet").output
        try await stage("build")
        try await stage("up", "--detach", "--build")
        #expect(try await stage("ps", "--quiet").output == id, "recreated though nothing changed")

        try stage.write("index.html", "<h1>Another page</h1>")
        try await stage("up", "--detach", "--build", "--wait")
        #expect(try await fetch("http://127.0.0.1:\(port)/").body.contains("Another page"))
        try await stage("down", "--rmi", "local", "--timeout", "0")
        #expect(!(try await stage("image", "ls").output.contains("hello-web")))
      }
    }
  }
}
