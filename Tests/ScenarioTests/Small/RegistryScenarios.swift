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
          // What is there is looked at, and what is here goes there, tag by tag.
          let manifest = try await stage("manifest", "inspect", "\(name):1").output
          #expect(manifest.contains("\"schemaVersion\"") && manifest.contains("\"layers\""), "\(manifest)")
          let absent = try await stage.attempt("manifest", "inspect", "\(name):3")
          #expect(absent.status == 1 && absent.output.isEmpty && absent.errors.contains("\(name):3"), "\(absent)")
          try await stage("image", "tag", "\(name):1", "\(name):3")
          let pushed = try await stage("image", "push", "--all-tags", "--quiet", name).output
          #expect(pushed.split(separator: "\n").sorted() == ["\(name):1", "\(name):3", "\(name):latest"])
          #expect(try await stage("manifest", "inspect", "\(name):3").output == manifest)
          let tagged = try await stage.attempt("image", "push", "-a", "\(name):1")
          #expect(tagged.status == 1 && tagged.errors.contains("tag can't be used with --all-tags"), "\(tagged)")
          // A registry that has no index is asked for the list of its repositories; what is not there is nothing.
          let short = try await stage("search", "\(host)/page")
          for found in [short, try await stage("image", "search", "\(host)/page")] {
            let lines = found.output.split(separator: "\n").map { $0.split(separator: " ").map(String.init) }
            #expect(lines == [["NAME", "DESCRIPTION", "STARS", "OFFICIAL"], ["shop/page", "0"]], "\(found)")
          }
          #expect(try await stage("search", "--format", "{{.Name}} {{.StarCount}}", "\(host)/PAGE").output == "shop/page 0\n")
          #expect(
            try await stage("search", "--format", "json", "\(host)/shop").output
              == #"{"Description":"","IsOfficial":"false","Name":"shop/page","StarCount":"0"}"# + "\n")
          #expect(try await stage("search", "-f", "stars=1", "--format", "{{.Name}}", "\(host)/page").output == "")
          let excess = try await stage.attempt("search", "--limit", "101", "\(host)/page")
          #expect(excess.status == 1 && excess.errors.contains("limit 101 is outside the range of [1, 100]"), "\(excess)")
          let gone = try await stage.attempt("update", "--check", "missing")
          #expect(gone.status == 1)
          try await stage("down")
        }
      }
    }
  }
}
