import Foundation
import Glibc
import TestSupport
import Testing

extension Scenarios {
  /// Images whose tags move in a registry.
  @Suite(.enabled("docker-registry is not installed") { access("/usr/bin/docker-registry", X_OK) == 0 }) struct Registries {
    private func with(_ stage: Stage, _ body: (_ name: String) async throws -> Void) async throws {
      let port = UInt16.random(in: 20000...29000)
      try stage.write(
        "registry.yml",
        """
        version: 0.1
        log: {level: warn, accesslog: {disabled: true}}
        storage: {filesystem: {rootdirectory: \(stage.directory)/registry}}
        http: {addr: "127.0.0.1:\(port)"}

        """)
      let registry = try Child(["docker-registry", "serve", stage.directory + "/registry.yml"], environment: plainEnvironment())
      let address = "http://127.0.0.1:\(port)/v2/"
      for _ in 0..<500 where try await run("curl", "-sf", "-o", "/dev/null", address).status != 0 {
        try await Task.sleep(for: .milliseconds(20))
      }
      do {
        try await body("127.0.0.1:\(port)/shop/page")
      } catch {
        registry.signal(SIGKILL)
        throw error
      }
      registry.signal(SIGKILL)
      _ = await registry.end()
    }

    @Test func aTagThatMovesIsSeenAndCarriedOut() async throws {
      try await Stage.play("services: {}") { stage in
        try await with(stage) { name in
          func publish(_ text: String, _ tags: String...) async throws {
            try stage.write("Dockerfile", "FROM busybox\nRUN echo \(text) >/page\nCMD [\"sleep\", \"1000\"]\n")
            for tag in tags { try await stage("image", "build", "-q", "-t", "\(name):\(tag)", "--push", ".") }
          }
          try await publish("one", "1", "latest")
          try stage.write(
            "compose.yaml",
            """
            services:
              web: {image: "\(name):latest", init: true}
              fixed: {image: "\(name):1", init: true}
              own: {image: busybox, build: {dockerfile_inline: FROM busybox}, init: true, command: sleep 1000}

            """)
          try await stage("up", "--detach")
          let before = try await stage.pid(ofService: "shop-fixed-1")
          let none = try await stage("update", "--check", "--detailed-exitcode", "--format", "{{.Service}}: {{.Status}}")
          #expect(none.output == "fixed: up to date\nown: built here\nweb: up to date\n", "\(none)")

          // Another machine publishes; this one still has what it had.
          try await publish("two", "latest")
          try await stage("image", "rm", "--force", "\(name):latest")
          try await stage("image", "tag", "\(name):1", "\(name):latest")
          let moved = try await stage.attempt("update", "--check", "--detailed-exitcode")
          #expect(moved.status == 2 && moved.output.contains("moved"), "\(moved)")
          #expect(try await stage("exec", "-T", "web", "cat", "/page").output == "one\n")
          try await stage("update", "--quiet")
          #expect(try await stage("exec", "-T", "web", "cat", "/page").output == "two\n")
          #expect(try await stage.pid(ofService: "shop-fixed-1") == before)
          #expect(try await stage("update", "--check", "--detailed-exitcode").output.contains("up to date"))

          let pulled = try await stage("image", "pull", "--all-tags", "--quiet", name).output
          #expect(pulled.split(separator: "\n").sorted() == ["\(name):1", "\(name):latest"])
          let gone = try await stage.attempt("update", "--check", "missing")
          #expect(gone.status == 1)
          try await stage("down")
        }
      }
    }
  }
}
