import TestSupport
import Testing

extension Scenarios {
  /// `cache_from`, `cache_to` and the options of `muster image build` of the same names.
  @Suite struct BuildCaches {
    /// Every RUN makes something else each time: the same image again is one whose steps were not run again.
    private static let dockerfile = """
      FROM busybox AS tools
      RUN cat /proc/sys/kernel/random/uuid >/tool
      FROM busybox
      COPY --from=tools /tool /tool
      RUN cat /proc/sys/kernel/random/uuid >/own
      CMD ["sleep", "1000"]

      """

    /// The image's id.
    private func id(_ stage: Stage) async throws -> String {
      try await stage("image", "inspect", "--format", "{{.Id}}", "shop/web").output
    }

    /// Nothing stays of what was built.
    private func forget(_ stage: Stage) async throws {
      try await stage("image", "rm", "--force", "shop/web")
      try await stage("system", "prune", "--force")
    }

    /// How many steps were not run.
    private func cached(_ built: Outcome) -> Int {
      (built.output + built.errors).split(separator: "\n").count { $0.hasSuffix(" CACHED") }
    }

    @Test(.enabled(if: RegistryOfOurOwn.isInstalled, "docker-registry is not installed"))
    func aStackIsBuiltFromACacheInARegistry() async throws {
      try await Stage.play("services: {}") { stage in
        try await RegistryOfOurOwn.with(TemporaryDirectory("registry")) { host, _ in
          try stage.write("Dockerfile", Self.dockerfile)
          try stage.write(
            "compose.yaml",
            """
            services:
              web:
                image: shop/web
                init: true
                network_mode: none
                build:
                  context: .
                  cache_from: ["\(host)/shop/cache:web"]
                  cache_to: ["type=registry,ref=\(host)/shop/cache:web,mode=max"]

            """)
          // There is none yet.
          let first = try await stage("build")
          #expect((first.output + first.errors).contains("the cache \(host)/shop/cache:web is not used"), "\(first)")
          let made = try await id(stage)
          try await forget(stage)
          let second = try await stage("build")
          #expect(cached(second) == 3 && !(second.output + second.errors).contains("[Warning]"), "\(second)")
          #expect(try await id(stage) == made)
          try await stage("up", "--detach")
          #expect(try await stage("exec", "-T", "web", "cat", "/own").output.count == 37)
          try await stage("down", "--timeout", "0")

          // Another builder's image, which says nothing of how it was made.
          try await stage("image", "tag", "busybox", "\(host)/shop/plain:1")
          try await stage("image", "push", "\(host)/shop/plain:1")
          let plain = try await stage("image", "build", "-t", "shop/web", "--cache-from", "\(host)/shop/plain:1", ".")
          #expect((plain.output + plain.errors).contains("is an image without a cache in it"), "\(plain)")
          // An image that is its own cache.
          try stage.write("Inline", "FROM busybox\nRUN cat /proc/sys/kernel/random/uuid >/own\n")
          let name = "\(host)/shop/inline:1"
          try await stage("image", "build", "-f", "Inline", "-t", name, "--cache-to", "type=inline", "--push", ".")
          try await stage("image", "tag", name, "shop/web")
          let inline = try await id(stage)
          try await stage("image", "rm", "--force", name)
          try await forget(stage)
          let again = try await stage(
            "image", "build", "-f", "Inline", "-t", "shop/web", "--cache-to", "type=inline", "--cache-from", name, ".")
          #expect(cached(again) == 1, "\(again)")
          #expect(try await id(stage) == inline)
        }
      }
    }

    @Test func anImageIsBuiltFromACacheInADirectory() async throws {
      try await Stage.play("services: {}") { stage in
        try stage.write("Dockerfile", Self.dockerfile)
        let written = try await stage("image", "build", "-t", "shop/web", "--cache-to", "type=local,dest=kept,mode=max", ".")
        #expect((written.output + written.errors).contains("exporting cache to directory \(stage.directory)/kept"), "\(written)")
        let made = try await id(stage)
        try await forget(stage)
        let read = try await stage("image", "build", "-t", "shop/web", "--cache-from", "type=local,src=kept", ".")
        #expect(cached(read) == 3, "\(read)")
        #expect(try await id(stage) == made)
      }
    }

    @Test func aCacheThatIsNotThereIsTold() async throws {
      try await Stage.play("services: {}") { stage in
        let port = try freePort()
        try stage.write("Dockerfile", Self.dockerfile)
        let nowhere = "127.0.0.1:\(port)/shop/cache"
        let built = try await stage("image", "build", "-t", "shop/web", "--cache-from", nowhere, "--cache-from", "type=gha", ".")
        let said = built.output + built.errors
        #expect(said.contains("the cache \(nowhere):latest is not used: the registry 127.0.0.1:\(port) cannot be reached"), "\(built)")
        #expect(said.contains("cache_from type=gha has no effect"), "\(built)")
        let refused = try await stage("image", "build", "-t", "shop/web", "--cache-to", nowhere, ".", status: 1)
        #expect(refused.errors.contains("the cache cannot be written to \(nowhere):latest: the registry"), "\(refused)")
        try await stage("image", "build", "-t", "shop/web", "--cache-to", "type=registry,ref=\(nowhere),ignore-error=true", ".")
        let wrong = try await stage("image", "build", "--cache-from", "type=local,dest=x", ".", status: 1)
        #expect(wrong.errors.contains("--cache-from type=local,dest=x: it has no src="), "\(wrong)")
      }
    }
  }
}
