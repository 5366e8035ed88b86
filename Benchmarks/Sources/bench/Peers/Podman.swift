import Foundation

/// Podman with files of its own. It has no engine and no Compose: it stands beside the others where one container is measured.
/// Its containers are runc's: crun refuses machines that have control groups of both versions.
struct Podman {
  static let name = "podman"
  private let root: String
  private let groupParent: String

  /// - Parameter groupParent: The name of the control group that containers' groups are made in.
  init(base: String, groupParent: String) {
    root = base + "/p"
    self.groupParent = groupParent
  }

  func podman(_ arguments: [String]) -> Command {
    Command(
      [
        "podman", "--runtime", "runc", "--root", root + "/data", "--runroot", root + "/run", "--tmpdir", root + "/tmp",
        "--cgroup-manager", "cgroupfs", "--events-backend", "none",
      ] + arguments)
  }

  func importImage(_ archive: String) throws { try podman(["import", "-q", archive, "busybox:latest"]).run() }

  func runOnce(onBridge: Bool) throws -> Double {
    let network = onBridge ? "bridge" : "none"
    return try podman(["run", "--rm", "--network", network, "--cgroup-parent", "/" + groupParent, "busybox:latest", "true"]).run().seconds
  }

  /// Seconds of `exec true` in a container that is there for it.
  func exec(times: Int) throws -> [Double] {
    let start = [
      "run", "-d", "--name", "exec", "--network", "none", "--cgroup-parent", "/" + groupParent, "busybox:latest", "sleep", "100000",
    ]
    try podman(start).run()
    defer { _ = try? podman(["rm", "-f", "-t", "0", "exec"]).run() }
    return try (1...times).map { _ in try podman(["exec", "exec", "true"]).run().seconds }
  }
}
