import Foundation

/// A Docker engine of its own, with Docker Compose.
final class DockerPeer: Peer {
  let name = "docker"
  let engineProcesses: Set = ["dockerd", "containerd"]
  let containerProcesses: Set = ["containerd-shim", "docker-proxy"]
  private let root: String
  private let groupParent: String
  private let composeProgram: String
  private var socket: String { root + "/docker.sock" }
  private var environment: [String: String] {
    ["DOCKER_HOST": "unix://" + socket, "DOCKER_BUILDKIT": "1", "COMPOSE_DOCKER_CLI_BUILD": "1", "HOME": root + "/home"]
  }
  private var engine: pid_t?

  /// - Parameter groupParent: The name of the control group that containers' groups are made in.
  init(base: String, groupParent: String, compose: String) {
    root = base + "/d"
    self.groupParent = groupParent
    composeProgram = compose
  }

  var version: String {
    get throws {
      let engine = try docker(["version", "--format", "{{.Server.Version}}"]).run().output.trimmingCharacters(in: .whitespacesAndNewlines)
      let compose = try Command([composeProgram, "version", "--short"]).run().output.trimmingCharacters(in: .whitespacesAndNewlines)
      return "\(engine), Compose \(compose)"
    }
  }

  func docker(_ arguments: [String], in directory: String = "/") -> Command {
    // The client of Debian's package, whatever else is called docker here.
    Command(["/usr/bin/docker"] + arguments, environment: environment, directory: directory)
  }

  func compose(_ arguments: [String], in directory: String) -> Command {
    Command([composeProgram] + arguments, environment: environment, directory: directory)
  }

  func runOnce(onBridge: Bool, in directory: String) -> Command {
    docker(["run", "--rm", "--network", onBridge ? "bridge" : "none", "busybox", "true"])
  }

  func start() throws {
    try FileManager.default.createDirectory(atPath: root + "/home", withIntermediateDirectories: true)
    try launch()
    _ = try eventually { try docker(["version"]).run() }
  }

  private func launch() throws {
    engine = try Command(
      [
        "dockerd", "--data-root", root + "/data", "--exec-root", root + "/exec", "--pidfile", root + "/docker.pid", "-H",
        "unix://" + socket, "--cgroup-parent", "/" + groupParent, "--exec-opt", "native.cgroupdriver=cgroupfs", "--live-restore",
        "--storage-driver", "overlay2",
      ], environment: ["HOME": root + "/home"]
    ).spawn(output: root + "/dockerd.log")
  }

  func stop() throws {
    guard let pid = engine else { return }
    kill(pid, SIGTERM)
    _ = wait(for: pid)
    engine = nil
  }

  func restartEngine() throws -> Double {
    try stop()
    let begin = now()
    try launch()
    _ = try eventually { try docker(["ps"]).run() }
    return now() - begin
  }

  func importImage(_ archive: String, as reference: String) -> Command { docker(["import", archive, reference]) }
  func loadImage(_ archive: String) -> Command { docker(["load", "-q", "-i", archive]) }
  func removeImage(_ reference: String) -> Command { docker(["rmi", "-f", reference]) }
  func pull(_ reference: String) -> Command { docker(["pull", "-q", reference]) }
  func push(_ reference: String) -> Command { docker(["push", "-q", reference]) }
  func tag(_ reference: String, as other: String) -> Command { docker(["tag", reference, other]) }
  func hasImage(_ reference: String) throws -> Bool { !(try docker(["images", "-q", reference]).run().output.isEmpty) }
}
