import Backend
import Reconciler
import StackModel
import TestSupport
import Testing

@testable import Engine

/// An auditor's view from inside a container that asks for nothing, held against Docker's documentation.
@Suite(.serialized) struct AuditorTests {
  @Test func aDefaultContainer() async throws {
    try await EngineOfOurOwn.with { (engine) async throws in
      #expect(try await engine.up(engine.stack("audit", ["a": "exec sleep 1000"])).failures == [])
      try await audit(engine)
    }
  }

  /// The same in a user namespace of its own (`userns-remap`): nothing more, and root is somebody else on the host.
  @Test func aRemappedContainer() async throws {
    try await EngineOfOurOwn.with(users: EngineOfOurOwn.someUsers) { (engine) async throws in
      #expect(try await engine.up(engine.stack("audit", ["a": "exec sleep 1000"])).failures == [])
      try await audit(engine)
      func shell(_ script: String) async throws -> String { try await engine.exec("audit", "a", ["sh", "-c", script]).output }
      for process in ["1", "self"] {
        #expect(try await shell("cat /proc/\(process)/uid_map").split(separator: " ") == ["0", "200000", "65536\n"])
        #expect(try await shell("cat /proc/\(process)/gid_map").split(separator: " ") == ["0", "300000", "65536\n"])
        #expect(try await shell("cat /proc/\(process)/status").contains("Uid:\t0\t0\t0\t0\nGid:\t0\t0\t0\t0\n"))
        #expect(try await shell("readlink /proc/\(process)/ns/user") != run("readlink", "/proc/self/ns/user").output)
      }
      let pid = try #require(await engine.container("audit-a-1").pid)
      let status = try await run("cat", "/proc/\(pid)/status").expect().output
      #expect(status.contains("Uid:\t200000\t200000\t200000\t200000\nGid:\t300000\t300000\t300000\t300000\n"), "\(status)")
      #expect(status.contains("Groups:\t300000 \n"), "\(status)")
      // Every namespace is the user namespace's: its root can do in them what its capabilities say.
      #expect(try await shell("cat /proc/sys/net/ipv4/ip_unprivileged_port_start /proc/sys/net/ipv4/ping_group_range") == "0\n0\t65535\n")
      // What is the host's has nobody's owner, and cannot be taken.
      #expect(try await shell("stat -c %u:%g /dev/null /proc/sys") == "65534:65534\n65534:65534\n")
      for refused in ["chmod 777 /dev/null", "chown 0 /dev/null", "mknod /tmp/null c 1 3", "echo 1 > /proc/sys/kernel/panic"] {
        #expect(try await engine.exec("audit", "a", ["sh", "-c", refused]).code != 0, "\(refused)")
      }
      // In the host's namespace of pids, as in one that is shared, its root has no power over the host's.
      let kill = try await run("nsenter", "--user", "--target", "\(pid)", "--setuid", "0", "--setgid", "0", "kill", "-0", "1")
      #expect(kill.status != 0 && kill.errors.contains("not permitted"), "\(kill)")
    }
  }

  private func audit(_ engine: EngineOfOurOwn) async throws {
    func shell(_ script: String) async throws -> String { try await engine.exec("audit", "a", ["sh", "-c", script]).output }
    // Docker's 14 capabilities, none of them inheritable or ambient; the first process and one that joins.
    for process in ["1", "self"] {
      let status = try await shell("cat /proc/\(process)/status")
      for line in [
        "CapInh:\t0000000000000000", "CapPrm:\t00000000a80425fb", "CapEff:\t00000000a80425fb", "CapBnd:\t00000000a80425fb",
        "CapAmb:\t0000000000000000", "NoNewPrivs:\t0", "Seccomp:\t2", "Seccomp_filters:\t1",
      ] {
        #expect(status.contains(line + "\n"), "\(line) of \(process): \(status)")
      }
    }

    // No shell in between, which has habits of its own.
    let joined = try await engine.exec("audit", "a", ["cat", "/proc/self/status"]).output
    for line in ["SigIgn:\t0000000000000000\n", "SigBlk:\t0000000000000000\n"] { #expect(joined.contains(line), "\(joined)") }

    for kind in ["cgroup", "ipc", "mnt", "net", "pid", "uts"] {
      let own = try await run("readlink", "/proc/self/ns/\(kind)").output
      #expect(try await shell("readlink /proc/1/ns/\(kind)") != own, "\(kind)")
    }
    #expect(try await shell("cd /proc/1/fd && echo *") == "0 1 2\n")
    let environment = try await engine.exec("audit", "a", ["env"]).output
    #expect(Set(environment.split(separator: "\n").map { $0.prefix { $0 != "=" } }) == ["HOME", "HOSTNAME", "PATH"], "\(environment)")
    #expect(
      try await shell("cd /dev && echo *")
        == "core fd full mqueue null ptmx pts random shm stderr stdin stdout tty urandom zero\n")

    for path in [
      "/proc/acpi", "/proc/asound", "/proc/interrupts", "/proc/kcore", "/proc/keys", "/proc/latency_stats", "/proc/sched_debug",
      "/proc/scsi", "/proc/timer_list", "/proc/timer_stats", "/sys/devices/virtual/powercap", "/sys/firmware",
    ] {
      #expect(try await shell("[ -d \(path) ] && ls -A \(path) || cat \(path) 2>/dev/null") == "", "\(path)")
    }
    for path in ["/proc/bus", "/proc/fs", "/proc/irq", "/proc/sys", "/proc/sysrq-trigger", "/sys", "/sys/fs/cgroup"] where exists(path) {
      #expect(try await shell("grep ' \(path) ' /proc/self/mounts | tail -1 | cut -d' ' -f4 | cut -d, -f1") == "ro\n", "\(path)")
    }
    // Its network has no IPv6: it speaks none with its neighbours either.
    #expect(try await shell("cat /proc/sys/net/ipv6/conf/eth0/disable_ipv6") == "1\n")
    #expect(try await shell("grep -c eth0 /proc/net/if_inet6") == "0\n")
    // A disk can be named, and not opened.
    #expect(
      try await shell("mknod /tmp/disk b 254 0; dd if=/tmp/disk count=1 2>&1").contains(
        "not permitted"))
    for refused in ["mount -t tmpfs x /tmp", "unshare -U true", "hostname other", "mount -o remount,rw /sys"] {
      #expect(try await engine.exec("audit", "a", ["sh", "-c", refused]).code != 0, "\(refused)")
    }
  }

  /// The engine's setting `strict`: 11 capabilities, and what a service asks for beyond them.
  @Test func theStrictEleven() async throws {
    try await EngineOfOurOwn.with(capabilities: "strict") { (engine) async throws in
      var stack = engine.stack("strict", ["a": "exec sleep 1000", "raw": "exec sleep 1000"])
      stack.services["raw"]?.options.capAdd = ["NET_RAW"]
      #expect(try await engine.up(stack).failures == [])
      for (service, set) in [("a", "00000000800405fb"), ("raw", "00000000800425fb")] as [(ServiceName, String)] {
        for process in ["1", "self"] {
          let status = try await engine.exec("strict", service, ["cat", "/proc/\(process)/status"]).output
          for name in ["CapPrm", "CapEff", "CapBnd"] { #expect(status.contains("\(name):\t\(set)\n"), "\(service) \(process): \(status)") }
        }
      }
      #expect(try await engine.exec("strict", "a", ["mknod", "/tmp/null", "c", "1", "3"]).code != 0)
    }
    let error = await #expect(throws: EngineError.self) { try await EngineOfOurOwn.with(capabilities: "none") { _ in } }
    #expect(error?.subject == "MUSTER_CAPABILITIES")
  }

  @Test func anotherUserHasNoCapabilities() async throws {
    try await EngineOfOurOwn.with { (engine) async throws in
      #expect(try await engine.up(engine.stack("audit", ["a": "exec sleep 1000"]) { $0.user = "app" }).failures == [])
      let status = try await engine.exec("audit", "a", ["cat", "/proc/1/status"]).output
      for line in ["CapInh:\t0000000000000000", "CapPrm:\t0000000000000000", "CapEff:\t0000000000000000", "CapAmb:\t0000000000000000"] {
        #expect(status.contains(line + "\n"), "\(line): \(status)")
      }
      #expect(status.contains("CapBnd:\t00000000a80425fb\n"))
      #expect(status.contains("Uid:\t1000\t1000\t1000\t1000\n"))
    }
  }
}
