import Glibc

/// A Docker engine of a test's own, where Debian's docker.io is installed: in a network and a mount namespace that take with them what it makes, with
/// its state below a temporary directory.
public final class DockerEngine: Sendable {
  private static let daemon = "/usr/sbin/dockerd"
  private static let client = "/usr/bin/docker"
  /// Whether the machine has one.
  public static let isThere = access(daemon, X_OK) == 0 && access(client, X_OK) == 0

  private let directory: TemporaryDirectory
  private let child: Child
  private let group: String

  private init(sharesNetwork: Bool) throws {
    directory = try TemporaryDirectory("docker")
    group = "muster-docker-\(getpid())"
    let script = sharesNetwork ? "exec \"$@\"" : "ip link set lo up; exec \"$@\""
    let words = [
      Self.daemon, "--data-root", directory("data"), "--exec-root", directory("exec"), "--pidfile", directory("pid"), "-H",
      "unix://" + directory("socket"), "--cgroup-parent", "/" + group,
    ]
    let apart = sharesNetwork ? [] : ["--bridge", "none", "--iptables=false", "--ip6tables=false"]
    child = try Child(
      ["unshare", "--mount"] + (sharesNetwork ? [] : ["--net"]) + ["sh", "-c", script, "sh"] + words + apart, environment: plainEnvironment())
  }

  /// Starts one, runs `body` and takes the engine down with everything it made.
  ///
  /// `sharesNetwork`: it is in the network namespace of the caller, a private one, whose rules and links it changes as it does on a machine.
  public static func with(sharesNetwork: Bool = false, _ body: (DockerEngine) async throws -> Void) async throws {
    let engine = try DockerEngine(sharesNetwork: sharesNetwork)
    do {
      let answer = try await eventually(within: 60) {
        try await engine.docker(["version"]).status
      } until: {
        $0 == 0
      }
      guard answer == 0 else { throw MissingOutput(text: "an answer of dockerd", outcome: engine.child.soFar) }
      try await body(engine)
    } catch {
      await engine.end()
      throw error
    }
    await engine.end()
  }

  /// Runs a command of Docker's client.
  public func docker(_ arguments: [String]) async throws -> Outcome {
    try await run([Self.client] + arguments, environment: ["DOCKER_HOST": "unix://" + directory("socket")])
  }

  private func end() async {
    child.signal(SIGTERM)
    if !(await hasEnded(child.pid, within: 30)) { child.signal(SIGKILL) }
    _ = await child.end()
    for hierarchy in names(in: "/sys/fs/cgroup") { Self.removeGroups("/sys/fs/cgroup/\(hierarchy)/\(group)") }
    Self.removeGroups("/sys/fs/cgroup/" + group)
  }

  private static func removeGroups(_ path: String) {
    guard isDirectory(path) else { return }
    for name in names(in: path) where isDirectory(path + "/" + name) { removeGroups(path + "/" + name) }
    rmdir(path)
  }
}
