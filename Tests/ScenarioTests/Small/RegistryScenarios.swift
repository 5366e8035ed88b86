import TestSupport
import Testing

extension Scenarios {
  /// Images whose tags move in a registry.
  @Suite(.enabled(if: RegistryOfOurOwn.isInstalled, "docker-registry is not installed")) struct Registries {
    @Test func aTagThatMovesIsSeenAndCarriedOut() async throws {
      try await Stage.play("services: {}") { stage in
        try await RegistryOfOurOwn.with(TemporaryDirectory("registry")) { host, _ in
          let name = "\(host)/shop/page"
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
