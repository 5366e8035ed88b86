import Foundation
import Glibc
import LinuxKit
import OCI
import TestSupport
import Testing

/// What a container finds of what its configuration says.
@Suite(.enabled(if: geteuid() == 0, "makes containers"), .timeLimit(.minutes(10))) struct InsideTests {
  let bundle: Bundle
  init() throws { bundle = try Bundle() }

  private func shell(_ text: String, _ change: (inout RuntimeSpec) -> Void = { _ in }) async throws -> String {
    var spec = bundle.spec("sh", "-c", text)
    change(&spec)
    return try await bundle.output(spec).expect().output
  }

  @Test func identity() async throws {
    let text = try await shell(
      "id -u; id -g; id -G; umask; pwd; hostname; echo $HOME; grep -E 'Cap(Prm|Eff|Bnd)|NoNewPrivs' /proc/self/status"
    ) {
      $0.process.user = RuntimeSpec.User(uid: 1000, gid: 1001, umask: 0o027, additionalGids: [5, 6])
      $0.process.cwd = "/made/here"
      $0.process.noNewPrivileges = true
    }
    #expect(
      text == """
        1000
        1001
        1001 5 6
        0027
        /made/here
        inside
        /home/app
        CapPrm:\t0000000000000000
        CapEff:\t0000000000000000
        CapBnd:\t00000000000000e1
        NoNewPrivs:\t1

        """)
  }

  @Test func limitsOfTheProcess() async throws {
    let text = try await shell("ulimit -n; cat /proc/self/oom_score_adj") {
      $0.process.rlimits = [RuntimeSpec.Rlimit(type: "RLIMIT_NOFILE", soft: 64, hard: 128)]
      $0.process.oomScoreAdj = 500
    }
    #expect(text == "64\n500\n")
  }

  @Test func devicesAndLinks() async throws {
    let text = try await shell(
      "for d in null zero full random urandom tty mine; do stat -c '%n %t:%T %a' /dev/$d; done; ls /dev/fd/ >/dev/null && stat -c %N /dev/ptmx"
    ) {
      $0.linux.devices = [RuntimeSpec.Device(type: "c", path: "/dev/mine", major: 1, minor: 3, fileMode: 0o600)]
    }
    let expected = ["null 1:3 666", "zero 1:5 666", "full 1:7 666", "random 1:8 666", "urandom 1:9 666", "tty 5:0 666", "mine 1:3 600"]
    #expect(text == expected.map { "/dev/\($0)\n" }.joined() + "'/dev/ptmx' -> 'pts/ptmx'\n")
  }

  @Test func pathsAreHiddenAndProtected() async throws {
    let text = try await shell(
      "cat /proc/kcore | head -c 1; ls /data; echo x >/proc/sys/kernel/hostname; echo x >/etc/x; echo x >/tmp/x; cat /tmp/x"
    ) {
      $0.linux.maskedPaths = ["/proc/kcore", "/data", "/nonsuch"]
      $0.linux.readonlyPaths = ["/proc/sys", "/nonsuch"]
      $0.root.readonly = true
      $0.mounts.append(RuntimeSpec.Mount(destination: "/tmp", type: "tmpfs", source: "tmpfs", options: ["nosuid", "size=1m"]))
    }
    #expect(text == "x\n")
  }

  @Test func bindsAndTheirOptions() async throws {
    try bundle.directory.write("shared/file", "content\n")
    try bundle.directory.write("rootfs/up/below", "")
    let text = try await shell("cat /in/file /one; echo x >/in/new; grep ' /in ' /proc/mounts | grep -o 'ro,nosuid,nodev,noexec'; ls /up") {
      $0.mounts += [
        RuntimeSpec.Mount(destination: "/in", type: "bind", source: "shared", options: ["rbind", "rro", "nosuid", "nodev", "noexec"]),
        RuntimeSpec.Mount(destination: "/one", source: bundle.directory("shared/file"), options: ["bind"]),
        RuntimeSpec.Mount(destination: "/up", type: "tmpfs", source: "tmpfs", options: ["tmpcopyup"]),
      ]
    }
    #expect(text == "content\ncontent\nro,nosuid,nodev,noexec\nbelow\n")
    #expect(!exists(bundle.directory("shared/new")))
  }

  /// A mount that is made in the container on a shared bind is seen outside, and only that.
  @Test func sharedBinds() async throws {
    let capability = ["CAP_SYS_ADMIN"]
    var spec = bundle.spec("busybox", "mount", "-t", "tmpfs", "inner", "/sh/m")
    spec.process.capabilities = RuntimeSpec.Capabilities(bounding: capability, effective: capability, permitted: capability)
    spec.linux.rootfsPropagation = "rshared"
    spec.mounts.append(RuntimeSpec.Mount(destination: "/sh", type: "bind", source: "shared", options: ["rbind", "rshared"]))
    try bundle.write(spec)
    try makeDirectories(bundle.directory("shared"))
    let script = """
      mount -t tmpfs outer shared && mount --make-shared shared && mkdir shared/m && before=$(wc -l </proc/self/mountinfo) || exit 99
      "$@" && grep -c ' inner ' /proc/self/mountinfo && echo $(($(wc -l </proc/self/mountinfo) - before))
      """
    let words = ["unshare", "-m", "sh", "-c", script, "sh", bundle.program, "--root", bundle.directory("run"), "run", bundle.id]
    #expect(try await run(words, directory: bundle.directory.path).expect().output == "1\n1\n")
  }

  @Test func sysctlsAndGroups() async throws {
    let text = try await shell(
      "cat /proc/sys/net/ipv4/ip_unprivileged_port_start; grep -c ':/$' /proc/self/cgroup; grep -cv ':/$' /proc/self/cgroup; true"
    ) {
      $0.linux.sysctl = ["net.ipv4.ip_unprivileged_port_start": "7"]
    }
    let lines = text.split(separator: "\n")
    #expect(lines.first == "7")
    #expect(lines.last == "0", "its groups are the roots of its cgroup namespace")
  }

  @Test func aFilterRefuses() async throws {
    for confined in [true, false] {
      let text = try await shell(
        "hostname other 2>&1; grep Seccomp: /proc/self/status; echo x >/data/f; chmod 600 /data/f 2>&1 || echo refused"
      ) {
        $0.process.noNewPrivileges = confined
        $0.linux.seccomp = RuntimeSpec.Seccomp(
          defaultAction: "SCMP_ACT_ALLOW", architectures: ["SCMP_ARCH_X86_64", "SCMP_ARCH_AARCH64"],
          syscalls: [
            RuntimeSpec.Seccomp.Syscall(
              names: ["chmod", "fchmodat", "fchmod"], action: "SCMP_ACT_ERRNO", errnoRet: 1,
              args: [RuntimeSpec.Seccomp.Argument(index: 1, value: 0o600, op: "SCMP_CMP_EQ")]),
            RuntimeSpec.Seccomp.Syscall(
              names: ["fchmodat"], action: "SCMP_ACT_ERRNO", errnoRet: 1,
              args: [RuntimeSpec.Seccomp.Argument(index: 2, value: 0o600, op: "SCMP_CMP_EQ")]),
          ])
      }
      #expect(text.contains("Seccomp:\t2\n"))
      #expect(text.hasSuffix("refused\n"))
    }
  }

  @Test func aUserNamespace() async throws {
    let text = try await shell("id -u; head -1 /proc/self/uid_map; touch /data/mine && echo made; echo hello >/dev/null && echo null") {
      $0.linux.namespaces.append(RuntimeSpec.Namespace(type: "user"))
      $0.linux.uidMappings = [RuntimeSpec.IDMapping(containerID: 0, hostID: 100_000, size: 65536)]
      $0.linux.gidMappings = [RuntimeSpec.IDMapping(containerID: 0, hostID: 200_000, size: 65536)]
      chown(bundle.directory("rootfs/data"), 100_000, 200_000)
      chown(bundle.directory("rootfs"), 100_000, 200_000)
    }
    let lines = text.split(separator: "\n")
    #expect(lines.first == "0")
    #expect(lines.dropFirst().first?.split(separator: " ") == ["0", "100000", "65536"])
    #expect(lines.suffix(2) == ["made", "null"])
    var status = Glibc.stat()
    #expect(stat(bundle.directory("rootfs/data/mine"), &status) == 0)
    #expect(status.st_uid == 100_000)
    #expect(status.st_gid == 200_000)
  }

  /// What needs the host's root is done on the way in, also for who comes later; a second container joins by path.
  @Test func aUserNamespaceIsJoined() async throws {
    let mappings = [RuntimeSpec.IDMapping(containerID: 0, hostID: 100_000, size: 65536)]
    var spec = bundle.spec("sleep", "1000")
    spec.process.oomScoreAdj = 700
    spec.process.rlimits = [RuntimeSpec.Rlimit(type: "RLIMIT_NOFILE", soft: 100, hard: 200)]
    spec.linux.maskedPaths = ["/proc/kcore", "/proc/acpi"]
    spec.linux.readonlyPaths = ["/proc/sys"]
    spec.linux.namespaces.append(RuntimeSpec.Namespace(type: "user"))
    (spec.linux.uidMappings, spec.linux.gidMappings) = (mappings, mappings)
    for path in ["rootfs", "rootfs/data"] { chown(bundle.directory(path), 100_000, 100_000) }
    try bundle.write(spec)
    try await bundle.oci("run", "-d", bundle.id).expect()
    let pid = try #require(try await bundle.state()["pid"] as? Int)
    let look = "cat /proc/self/oom_score_adj; ulimit -n; ulimit -Hn; id -u; stat -L -c %i /proc/self/ns/user"
    let inode = try await run("stat", "-L", "-c", "%i", "/proc/\(pid)/ns/user").expect().output
    #expect(try await bundle.oci("exec", bundle.id, "sh", "-c", look).expect().output == "700\n100\n200\n0\n" + inode)
    #expect(try await run("cat", "/proc/\(pid)/oom_score_adj").expect().output == "700\n")

    let second = try Bundle()
    for path in ["rootfs", "rootfs/data"] { chown(second.directory(path), 100_000, 100_000) }
    var other = second.spec(
      "sh", "-c", look + "; hostname theirs && hostname; touch /data/mine && stat -c %u /data/mine; ps | grep -c '[s]leep 1000'")
    other.process.capabilities?.bounding?.append("CAP_SYS_ADMIN")
    other.process.capabilities?.effective?.append("CAP_SYS_ADMIN")
    other.process.capabilities?.permitted?.append("CAP_SYS_ADMIN")
    other.linux.namespaces = ["user", "pid", "net", "ipc"].map {
      RuntimeSpec.Namespace(type: $0 == "net" ? "network" : $0, path: "/proc/\(pid)/ns/\($0)")
    }
    other.linux.namespaces += [RuntimeSpec.Namespace(type: "mount"), RuntimeSpec.Namespace(type: "uts")]
    let lines = try await second.output(other).expect().output.split(separator: "\n")
    #expect(lines.dropFirst(3) == ["0", Substring(inode.dropLast()), "theirs", "0", "1"], "\(lines)")
    #expect(try await run("stat", "-c", "%u", second.directory("rootfs/data/mine")).expect().output == "100000\n")
  }

  /// `idmap` alone is by the container's numbers; with its own ones a mount is by those, without a user namespace too.
  @Test func aMountWithOtherOwners() async throws {
    let mappings = [RuntimeSpec.IDMapping(containerID: 0, hostID: 100_000, size: 65536)]
    try makeDirectories(bundle.directory("shared"))
    try bundle.directory.write("shared/there", "hello\n")
    let script = "stat -c %u:%g /data/there; echo x > /data/new; stat -c %u:%g /data/new"
    let inside = try await shell(script) {
      $0.linux.namespaces.append(RuntimeSpec.Namespace(type: "user"))
      ($0.linux.uidMappings, $0.linux.gidMappings) = (mappings, mappings)
      $0.mounts.append(
        RuntimeSpec.Mount(destination: "/data", type: "bind", source: bundle.directory("shared"), options: ["rbind", "ridmap"]))
      chown(bundle.directory("rootfs"), 100_000, 100_000)
    }
    #expect(inside == "0:0\n0:0\n")
    #expect(try await run("stat", "-c", "%u:%g", bundle.directory("shared/new")).expect().output == "0:0\n")
    let second = try Bundle()
    var spec = second.spec("sh", "-c", "stat -c %u:%g /data/there")
    var mount = RuntimeSpec.Mount(destination: "/data", type: "bind", source: bundle.directory("shared"), options: ["bind", "ro"])
    (mount.uidMappings, mount.gidMappings) = (
      [RuntimeSpec.IDMapping(containerID: 0, hostID: 7, size: 1)], [RuntimeSpec.IDMapping(containerID: 0, hostID: 9, size: 1)]
    )
    spec.mounts.append(mount)
    #expect(try await second.output(spec).expect().output == "7:9\n")
  }

  @Test func anotherContainersNamespaces() async throws {
    try bundle.write(bundle.spec("sleep", "1000"))
    try await bundle.oci("run", "-d", bundle.id).expect()
    let pid = try #require(try await bundle.state()["pid"] as? Int)
    let second = try Bundle()
    var spec = second.spec("sh", "-c", "ps | grep -c '[s]leep 1000'")
    spec.linux.namespaces = [
      RuntimeSpec.Namespace(type: "mount"), RuntimeSpec.Namespace(type: "pid", path: "/proc/\(pid)/ns/pid"),
      RuntimeSpec.Namespace(type: "network", path: "/proc/\(pid)/ns/net"),
    ]
    spec.hostname = nil
    let outcome = try await second.output(spec).expect()
    #expect(outcome.output == "1\n")
  }

  @Test func descriptorsThatAreHandedOn() async throws {
    try bundle.write(bundle.spec("sh", "-c", "cat <&3; ls /proc/self/fd | grep -c ."))
    try bundle.directory.write("handed", "by descriptor\n")
    let outcome = try await run(
      [
        "sh", "-c", "exec 3<handed 4<handed; exec \"$@\"", "sh", bundle.program, "--root", bundle.directory("run"), "run", "--preserve-fds",
        "1", bundle.id,
      ],
      directory: bundle.directory.path)
    // 0, 1, 2, 3 and the directory itself: the fourth was not asked for.
    #expect(try outcome.expect().output == "by descriptor\n5\n")
  }
}
