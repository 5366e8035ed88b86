import Foundation
import Glibc
import TestSupport
import Testing

/// Programs that run their containers with this runtime, where they are installed and `MUSTER_TEST_CALLERS` asks for it: it takes half a minute.
@Suite(
  .serialized, .enabled(if: geteuid() == 0 && getenv("MUSTER_TEST_CALLERS") != nil, "set MUSTER_TEST_CALLERS"), .timeLimit(.minutes(10)))
struct CallerTests {
  let bundle: Bundle
  init() throws { bundle = try Bundle() }

  /// The bundle's root file system as an archive.
  private func archive() async throws -> String {
    let path = bundle.directory("image.tar")
    try await run("tar", "-C", bundle.directory("rootfs"), "-cf", path, ".").expect()
    return path
  }

  private let waiter = "trap 'exit 5' TERM; echo up; while :; do sleep 0.1; done"

  @Test(.enabled(if: exists("/usr/bin/podman"), "podman is not installed")) func podman() async throws {
    let base = [
      "podman", "--root", bundle.directory("podman"), "--runroot", bundle.directory("podman-run"), "--cgroup-manager", "cgroupfs",
      "--storage-driver", "vfs", "--events-backend", "file", "--runtime", bundle.program,
    ]
    func podman(_ words: String...) async throws -> Outcome { try await run(base + words) }
    let limits = ["--ulimit", "nofile=1024:1024", "--ulimit", "nproc=1000:1000", "--network", "none"]
    try await podman("import", try await archive(), "localhost/box").expect()
    let ran = try await run(base + ["run", "--rm"] + limits + ["localhost/box", "sh", "-c", "echo hello; id -u; exit 3"]).expect(3)
    #expect(ran.output == "hello\n0\n")
    let missing = try await run(base + ["run", "--rm"] + limits + ["localhost/box", "nonsuch"]).expect(127)
    #expect(missing.errors.contains("executable file not found"))
    try await run(base + ["run", "-d", "--name", "one", "-m", "64m"] + limits + ["localhost/box", "sh", "-c", waiter]).expect()
    #expect(try await podman("exec", "one", "sh", "-c", "echo inside; exit 4").expect(4).output == "inside\n")
    #expect(try await podman("stats", "--no-stream", "--format", "{{.MemUsage}}", "one").expect().output.contains("67.11MB"))
    try await podman("pause", "one").expect()
    #expect(try await podman("ps", "--format", "{{.Status}}", "--filter", "status=paused").expect().lines.count == 1)
    try await podman("unpause", "one").expect()
    #expect(try await podman("logs", "one").expect().output.hasPrefix("up\n"))
    try await podman("stop", "-t", "5", "one").expect()
    #expect(try await podman("inspect", "-f", "{{.State.ExitCode}}", "one").expect().output == "5\n")
    try await podman("rm", "one").expect()
  }

  @Test(.enabled(if: exists("/usr/sbin/dockerd"), "dockerd is not installed")) func docker() async throws {
    let socket = "unix://" + bundle.directory("d.sock")
    let daemon = try Child(
      [
        "dockerd", "--data-root", bundle.directory("docker"), "--exec-root", bundle.directory("docker-run"), "-H", socket, "--pidfile",
        bundle.directory("docker.pid"), "--bridge=none", "--iptables=false", "--storage-driver", "vfs", "--add-runtime",
        "muster=" + bundle.program, "--exec-opt", "native.cgroupdriver=cgroupfs",
      ], environment: plainEnvironment())
    func docker(_ words: [String]) async throws -> Outcome { try await run(["docker", "-H", socket] + words) }
    do {
      try await daemon.shows("API listen on")
      let limits = ["--ulimit", "nofile=1024:1024", "--network", "none", "--runtime", "muster"]
      try await docker(["import", try await archive(), "box"]).expect()
      let script = "echo hello; id -u; grep CapEff /proc/self/status; exit 3"
      let ran = try await docker(["run", "--rm"] + limits + ["box", "sh", "-c", script]).expect(3)
      #expect(ran.output.hasPrefix("hello\n0\n"))
      #expect(
        ran.output
          == (try await docker(["run", "--rm", "--ulimit", "nofile=1024:1024", "--network", "none", "box", "sh", "-c", script]).output))
      try await docker(["run", "--rm"] + limits + ["box", "nonsuch"]).expect(127)
      try await docker(["run", "-d", "--name", "one", "-m", "64m"] + limits + ["box", "sh", "-c", waiter]).expect()
      #expect(try await docker(["exec", "one", "sh", "-c", "echo inside; exit 4"]).expect(4).output == "inside\n")
      try await docker(["update", "-m", "96m", "--memory-swap", "96m", "one"]).expect()
      #expect(try await docker(["stats", "--no-stream", "--format", "{{.MemUsage}}", "one"]).expect().output.contains("96MiB"))
      try await docker(["pause", "one"]).expect()
      try await docker(["unpause", "one"]).expect()
      try await docker(["stop", "-t", "5", "one"]).expect()
      #expect(try await docker(["inspect", "-f", "{{.State.ExitCode}}", "one"]).expect().output == "5\n")
      try await docker(["rm", "one"]).expect()
    } catch {
      _ = try? await docker(["rm", "-f", "one"])
      daemon.signal(SIGTERM)
      _ = await daemon.end()
      throw error
    }
    daemon.signal(SIGTERM)
    _ = await daemon.end()
  }
}
