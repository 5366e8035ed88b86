import Glibc

/// Debian's `docker-registry`, as a test's own on loopback.
public enum RegistryOfOurOwn {
  public static let isInstalled = access("/usr/bin/docker-registry", X_OK) == 0

  /// Serves a registry at `127.0.0.1:PORT` as long as the body runs.
  public static func with(_ directory: TemporaryDirectory, _ body: (_ host: String, _ registry: Child) async throws -> Void) async throws {
    let port = try freePort()
    let settings = try directory.write(
      "registry.yml",
      """
      version: 0.1
      log: {level: warn, accesslog: {disabled: true}}
      storage: {filesystem: {rootdirectory: \(directory("registry"))}}
      http: {addr: "127.0.0.1:\(port)"}

      """)
    let registry = try Child(["docker-registry", "serve", settings], environment: plainEnvironment())
    do {
      let answers = try await eventually {
        try await run("curl", "-sf", "-o", "/dev/null", "http://127.0.0.1:\(port)/v2/").status
      } until: {
        $0 == 0
      }
      guard answers == 0 else { throw UnexpectedOutcome(outcome: registry.soFar, wanted: 0) }
      try await body("127.0.0.1:\(port)", registry)
    } catch {
      registry.signal(SIGKILL)
      throw error
    }
    registry.signal(SIGKILL)
    _ = await registry.end()
  }
}
