import Foundation

/// A Docker engine of its own, with Docker Compose.
final class DockerPeer: Peer {
  let name = "docker"
  let engineProcesses: Set = ["dockerd", "containerd"]
  let containerProcesses: Set = ["containerd-shim", "docker-proxy"]
  private let root: String
  private let composeProgram: String
  private var socket: String { root + "/docker.sock" }
  private var environment: [String: String] {
    ["DOCKER_HOST": "unix://" + socket, "DOCKER_BUILDKIT": "1", "COMPOSE_DOCKER_CLI_BUILD": "1"]
  }
  private var engine: pid_t?

  init(root: String, compose: String) {
    self.root = root
    composeProgram = compose
  }

  var version: String {
    get throws {
      let engine = try docker(["version", "--format", "{{.Server.Version}}"]).output.trimmingCharacters(in: .whitespacesAndNewlines)
      let compose = try run([composeProgram, "version", "--short"]).output.trimmingCharacters(in: .whitespacesAndNewlines)
      return "\(engine), Compose \(compose)"
    }
  }

  private func docker(_ arguments: [String]) throws -> Outcome {
    // The client of Debian's package, whatever else is called docker here.
    try run(["/usr/bin/docker"] + arguments, environment: environment)
  }

  func compose(_ arguments: [String], in directory: String) throws -> Outcome {
    try run([composeProgram] + arguments, environment: environment, directory: directory)
  }

  func runOnce(onBridge: Bool, in directory: String) throws -> Outcome {
    try docker(["run", "--rm", "--network", onBridge ? "bridge" : "none", "busybox", "true"])
  }

  func start() throws {
    try FileManager.default.createDirectory(atPath: root, withIntermediateDirectories: true)
    try launch()
    _ = try eventually { try docker(["version"]) }
  }

  private func launch() throws {
    engine = try spawn(
      [
        "dockerd", "--data-root", root + "/data", "--exec-root", root + "/exec", "--pidfile", root + "/docker.pid", "-H",
        "unix://" + socket, "--cgroup-parent", "/bench-docker", "--live-restore", "--storage-driver", "overlay2",
      ], output: root + "/dockerd.log")
  }

  func stop() throws {
    guard let pid = engine else { return }
    kill(pid, SIGTERM)
    var status: Int32 = 0
    while waitpid(pid, &status, 0) < 0 && errno == EINTR {}
    engine = nil
  }

  func restartEngine() throws -> Double {
    try stop()
    let begin = now()
    try launch()
    _ = try eventually { try docker(["ps"]) }
    return now() - begin
  }

  func importImage(_ tar: String) throws { _ = try docker(["import", tar, "busybox:latest"]) }
}
