import Glibc
import LinuxKit
import OCI

/// `spec`: a `config.json` to begin with, runc's in what it asks for.
func specCommand(_ call: Call) throws -> Int32 {
  let grammar = Words.Grammar(values: ["bundle"], switches: ["rootless"], short: ["b": "bundle"])
  let words = try Words(call.words, grammar, command: "spec")
  try words.expect(0, "spec")
  if words.has("rootless") { throw Failure("spec: --rootless is not supported") }
  let path = (words.last("bundle") ?? ".") + "/config.json"
  if access(path, F_OK) == 0 { throw Failure("File config.json exists. Remove it first") }
  let file = try Descriptor.open(path, O_WRONLY | O_CREAT | O_EXCL, mode: 0o644)
  try file.writeAll(JSON.pretty(exampleSpec()) + "\n")
  return 0
}

private func exampleSpec() -> RuntimeSpec {
  var process = RuntimeSpec.Process(
    args: ["sh"], env: ["PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "TERM=xterm"], cwd: "/")
  process.terminal = true
  let capabilities = ["CAP_AUDIT_WRITE", "CAP_KILL", "CAP_NET_BIND_SERVICE"]
  process.capabilities = RuntimeSpec.Capabilities(bounding: capabilities, effective: capabilities, permitted: capabilities)
  process.rlimits = [RuntimeSpec.Rlimit(type: "RLIMIT_NOFILE", soft: 1024, hard: 1024)]
  process.noNewPrivileges = true
  var spec = RuntimeSpec(process: process, root: RuntimeSpec.Root(path: "rootfs", readonly: true))
  spec.hostname = "muster"
  func mount(_ destination: String, _ type: String, _ options: [String]) -> RuntimeSpec.Mount {
    RuntimeSpec.Mount(destination: destination, type: type, source: type, options: options.isEmpty ? nil : options)
  }
  spec.mounts = [
    mount("/proc", "proc", []), mount("/dev", "tmpfs", ["nosuid", "strictatime", "mode=755", "size=65536k"]),
    mount("/dev/pts", "devpts", ["nosuid", "noexec", "newinstance", "ptmxmode=0666", "mode=0620", "gid=5"]),
    mount("/dev/shm", "tmpfs", ["nosuid", "noexec", "nodev", "mode=1777", "size=65536k"]),
    mount("/dev/mqueue", "mqueue", ["nosuid", "noexec", "nodev"]), mount("/sys", "sysfs", ["nosuid", "noexec", "nodev", "ro"]),
    mount("/sys/fs/cgroup", "cgroup", ["nosuid", "noexec", "nodev", "relatime", "ro"]),
  ]
  spec.linux.resources = RuntimeSpec.Resources()
  spec.linux.resources?.devices = [RuntimeSpec.Resources.DeviceRule(allow: false, access: "rwm")]
  spec.linux.namespaces = ["pid", "network", "ipc", "uts", "mount", "cgroup"].map { RuntimeSpec.Namespace(type: $0) }
  spec.linux.maskedPaths = [
    "/proc/acpi", "/proc/asound", "/proc/kcore", "/proc/keys", "/proc/latency_stats", "/proc/timer_list", "/proc/timer_stats",
    "/proc/sched_debug", "/sys/firmware", "/proc/scsi",
  ]
  spec.linux.readonlyPaths = ["/proc/bus", "/proc/fs", "/proc/irq", "/proc/sys", "/proc/sysrq-trigger"]
  return spec
}
