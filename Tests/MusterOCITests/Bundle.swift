import CLinux
import Foundation
import Glibc
import OCI
import SystemPackage
import TestSupport

/// A bundle with a busybox in it, a root of its own for the runtime, and the runtime's command line.
final class Bundle: Sendable {
  let directory: TemporaryDirectory
  /// Unlike any other test's.
  let id = "oci-test-" + String(UInt32.random(in: 0 ... .max), radix: 36)
  let program: String

  init() throws {
    program = try ShimBinary.path().removingLastComponent().appending("muster-oci").string
    directory = try TemporaryDirectory("oci")
    for name in ["bin", "etc", "tmp", "proc", "dev", "sys", "root", "data"] { try TestSupport.makeDirectories(directory("rootfs/" + name)) }
    try writeFile(directory("rootfs/bin/busybox"), try readFile("/bin/busybox"), mode: 0o755)
    for name in ["sh", "cat", "id", "sleep", "ps", "echo", "ls", "grep", "hostname", "tty", "stty", "touch", "stat", "head", "ulimit"] {
      symlink("busybox", directory("rootfs/bin/" + name))
    }
    try directory.write("rootfs/etc/passwd", "root:x:0:0::/root:/bin/sh\napp:x:1000:1000::/home/app:/bin/sh\n")
    chmod(directory.path, 0o755)
  }

  /// What a failed test has left. On a thread of its own, for it waits.
  deinit {
    let (program, directory) = (program, directory)
    if names(in: directory("run")).isEmpty { return }
    Thread.detachNewThread {
      for name in names(in: directory("run")) {
        var pid = pid_t()
        var words: [UnsafeMutablePointer<CChar>?] = []
        for word in [program, "--root", directory("run"), "delete", "--force", name] as [String] { words.append(strdup(word)) }
        if posix_spawn(&pid, program, nil, nil, words + [nil], clinux_environ()) == 0 { waitpid(pid, nil, 0) }
      }
    }
  }

  /// What most containers need.
  func spec(_ arguments: String...) -> RuntimeSpec {
    var process = RuntimeSpec.Process(args: arguments, env: ["PATH=/bin"])
    let capabilities = ["CAP_CHOWN", "CAP_KILL", "CAP_SETUID", "CAP_SETGID"]
    process.capabilities = RuntimeSpec.Capabilities(bounding: capabilities, effective: capabilities, permitted: capabilities)
    var spec = RuntimeSpec(process: process, root: RuntimeSpec.Root(path: "rootfs"))
    func mount(_ destination: String, _ type: String, _ options: String...) -> RuntimeSpec.Mount {
      RuntimeSpec.Mount(destination: destination, type: type, source: type, options: options)
    }
    spec.mounts = [
      mount("/proc", "proc"), mount("/dev", "tmpfs", "nosuid", "mode=755"),
      mount("/dev/pts", "devpts", "nosuid", "noexec", "newinstance", "ptmxmode=0666", "mode=0620"), mount("/sys", "sysfs", "ro"),
      mount("/sys/fs/cgroup", "cgroup", "ro", "nosuid"),
    ]
    spec.hostname = "inside"
    spec.linux.namespaces = ["pid", "network", "ipc", "uts", "mount", "cgroup"].map { RuntimeSpec.Namespace(type: $0) }
    spec.linux.cgroupsPath = "/" + id
    return spec
  }

  func write(_ spec: RuntimeSpec) throws {
    try writeFile(directory("config.json"), Array(try JSONEncoder().encode(spec)))
  }

  /// Runs a command of the runtime.
  func oci(_ words: String..., environment: [String: String] = [:]) async throws -> Outcome {
    try await run([program, "--root", directory("run")] + words, environment: environment, directory: directory.path)
  }

  /// Writes the configuration and runs it to its end.
  func output(_ spec: RuntimeSpec) async throws -> Outcome {
    try write(spec)
    return try await oci("run", id)
  }

  func state(_ id: String? = nil) async throws -> [String: Any] {
    let text = try await oci("state", id ?? self.id).expect().output
    return try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any] ?? [:]
  }

  func status() async throws -> String { try await state()["status"] as? String ?? "" }

  /// Waits for a status; a test's time limit ends it.
  func reaches(_ status: String) async throws {
    while try await self.status() != status { try await Task.sleep(for: .milliseconds(20)) }
  }

  /// What is left of the container on the machine.
  var leftovers: [String] {
    let groups = names(in: "/sys/fs/cgroup").map { "/sys/fs/cgroup/\($0)/\(id)" } + ["/sys/fs/cgroup/" + id]
    let mounts = ((try? readText("/proc/self/mountinfo")) ?? "").split(separator: "\n").filter { $0.contains(directory.path) }.map(
      String.init)
    return groups.filter(exists) + mounts + names(in: directory("run"))
  }
}
