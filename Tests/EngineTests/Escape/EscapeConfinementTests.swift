import Backend
import ContainerRuntime
import Glibc
import LinuxKit
import Reconciler
import StackModel
import TestSupport
import Testing

@testable import Engine

/// Attacks from inside a default container that need no race. Ids are those of the threat catalogue.
@Suite(.serialized) struct EscapeFromDefaultContainer {
  /// S19, C3–C5: only UNIX, INET, INET6, NETLINK and PACKET sockets, through the machine's own door; no other door; none of the calls that no container
  /// needs.
  @Test func s19SystemCalls() async throws {
    try await EngineOfOurOwn.attacked { (engine) async throws in
      #expect(try await engine.up(engine.hostile("s19", ["a": "exec sleep 1000"])).failures == [])
      let families = try await engine.attack("s19", "a", "families")
      #expect(Set(families.lines) == ["native 1", "native 2", "native 10", "native 16", "native 17"], "\(families)")
      let calls = try await engine.attack("s19", "a", "calls")
      #expect(calls.lines == [], "\(calls)")
    }
  }

  /// S16, C9: of all devices of 256 majors and 16 minors, those that every container has.
  @Test func s16Devices() async throws {
    try await EngineOfOurOwn.attacked { (engine) async throws in
      #expect(try await engine.up(engine.hostile("s16", ["a": "exec sleep 1000"])).failures == [])
      let found = try await engine.attack("s16", "a", "devices", "/tmp")
      #expect(found.attempts == 2 * 256 * 16)
      let opened = Set(found.lines.map { $0.split(separator: " ").prefix(2).joined(separator: " ") })
      // The console (5:1) and the pseudo-terminals' multiplexer (5:2), which leads to the container's own /dev/pts; the slaves (136) are there by number.
      let allowed = Set([3, 5, 7, 8, 9].map { "c 1:\($0)" } + [0, 1, 2].map { "c 5:\($0)" } + (0..<16).map { "c 136:\($0)" })
      #expect(opened.isSubset(of: allowed), "\(opened.subtracting(allowed))")
      #expect(opened.isSuperset(of: ["c 1:3", "c 1:9"]))
    }
  }

  /// S15, C7, C10: nothing below /sys and /proc's parameters can be written, control groups neither, on a group file system of one's own neither.
  @Test func s15WritableKernelFiles() async throws {
    try await EngineOfOurOwn.attacked { (engine) async throws in
      let decoy = try DecoyTree()
      #expect(try await engine.up(engine.hostile("s15", ["a": "exec sleep 1000"])).failures == [])
      let paths = ["/sys", "/proc/sys", "/proc/irq", "/proc/bus", "/proc/fs", "/proc/sysrq-trigger", "/proc/scsi", "/proc/acpi"]
      let done = try await engine.exec("s15", "a", ["attacker", "writes"] + paths)
      let found = Findings(done.output)
      #expect(found.lines == [], "\(found)")
      // All of /sys, not a glance.
      #expect(found.attempts > 1000, "\(done)")
      let groups = try await engine.attack("s15", "a", "cgroups")
      #expect(groups.lines == [], "\(groups)")
      #expect(try decoy.difference() == nil)
    }
  }

  /// S20, C6: hidden paths cannot be read, uncovered, covered or renamed.
  @Test func s20HiddenPaths() async throws {
    try await EngineOfOurOwn.attacked { (engine) async throws in
      #expect(try await engine.up(engine.hostile("s20", ["a": "exec sleep 1000"])).failures == [])
      let spec = try await engine.exec("s20", "a", ["sh", "-c", "ls -d /sys/devices/system/cpu/cpu*/thermal_throttle 2>/dev/null"])
      let hidden =
        [
          "/proc/acpi", "/proc/asound", "/proc/interrupts", "/proc/kcore", "/proc/keys", "/proc/latency_stats", "/proc/sched_debug",
          "/proc/scsi", "/proc/timer_list", "/proc/timer_stats", "/sys/devices/virtual/powercap", "/sys/firmware", "/sys/fs/selinux",
        ] + spec.output.split(separator: "\n").map(String.init)
      let done = try await engine.exec("s20", "a", ["attacker", "masked"] + hidden)
      let found = Findings(done.output)
      #expect(found.lines == [] && found.attempts >= 12, "\(done)")
    }
  }

  /// S10: nothing inheritable or ambient, first process and joined one, root and not, with an added capability and without.
  @Test func s10InheritableCapabilities() async throws {
    try await EngineOfOurOwn.with { (engine) async throws in
      var stack = engine.stack(
        "s10", ["root": "exec sleep 1000", "app": "exec sleep 1000", "rootmore": "exec sleep 1000", "appmore": "exec sleep 1000"])
      for service in stack.services.keys {
        if service.rawValue.hasPrefix("app") { stack.services[service]?.options.user = "app" }
        if service.rawValue.hasSuffix("more") { stack.services[service]?.options.capAdd = ["NET_ADMIN", "SYS_PTRACE"] }
      }
      #expect(try await engine.up(stack).failures == [])
      var modes = 0
      for service in stack.services.keys {
        for process in ["1", "self"] {
          let status = try await engine.exec("s10", service, ["cat", "/proc/\(process)/status"]).output
          #expect(status.contains("CapInh:\t0000000000000000\n") && status.contains("CapAmb:\t0000000000000000\n"), "\(service) \(process)")
          modes += 1
        }
      }
      #expect(modes == 8)
    }
  }

  /// S18: the engine and its shims listen on no abstract socket, which a container with the host's network could reach.
  @Test func s18AbstractSockets() async throws {
    try await EngineOfOurOwn.attacked { (engine) async throws in
      #expect(try await engine.up(engine.hostile("s18", ["a": "exec sleep 1000"]) { $0.network = .host }).failures == [])
      let seen = try await engine.exec("s18", "a", ["attacker", "abstract"])
      #expect(Findings(seen.output).attempts > 1, "\(seen)")
      let inodes = Set(Findings(seen.output).lines.compactMap { $0.split(separator: " ").dropFirst(6).first.map(String.init) })
      let container = try #require(await engine.backend.containers.find(name: "s18-a-1"))
      let first = try #require(await container.running?.shim.pid)
      let shim = try #require(try status(of: first, "PPid").flatMap { Int32($0) })
      for pid in [getpid(), shim] {
        let own = names(in: "/proc/\(pid)/fd").compactMap { linkTarget("/proc/\(pid)/fd/\($0)") }.filter { $0.hasPrefix("socket:[") }
        #expect(!own.isEmpty, "\(pid) has sockets")
        #expect(own.allSatisfy { !inodes.contains(String($0.dropFirst(8).dropLast())) }, "\(pid)")
      }
    }
  }

  /// S17: what is too much for one process is refused as a whole.
  @Test func s17TooMuch() async throws {
    try await EngineOfOurOwn.with { (engine) async throws in
      let decoy = try DecoyTree()
      let long = String(repeating: "x", count: 1 << 20)
      let stack = engine.stack("s17", ["environment": "exit 0", "command": "exit 0", "mounts": "exit 0", "configs": "exit 0"])
      for (service, change) in [
        ("environment", { (options: inout ContainerOptions) in options.environment = ["A": long] }),
        ("command", { $0.command = ["sh", "-c", "true", long] }),
        (
          "mounts",
          {
            $0.mounts = (0..<100_000).map { Mount(source: .tmpfs(size: nil, mode: nil, uid: nil, gid: nil), target: "/m/\($0)") }
          }
        ),
        ("configs", { $0.configs = (0..<300).map { FileGrant(source: "c\($0)", target: "/c/\($0)") } }),
      ] as [(ServiceName, (inout ContainerOptions) -> Void)] {
        var one = stack
        one.services = one.services.filter { $0.key == service }
        if service == "configs" { for number in 0..<300 { one.configs[ConfigName("c\(number)")] = FileSource(origin: .content("x")) } }
        if var made = one.services[service] {
          change(&made.options)
          one.services[service] = made
        }
        do {
          let report = try await engine.up(one)
          #expect(!report.failures.isEmpty, "\(service)")
          if service == "configs" { #expect(report.failures.first?.error.message.contains("can have 253") == true, "\(report.failures)") }
        } catch let error as EngineError {
          #expect(!error.message.isEmpty)
          if service == "mounts" { #expect(error.message.contains("100000 mounts are asked for; a container can have 4096"), "\(error)") }
        }
        #expect(try await !engine.backend.observe("s17").containers.contains { $0.state == .running }, "\(service)")
      }
      #expect(try decoy.difference() == nil)
    }
  }
}

/// A line of `/proc/PID/status`.
func status(of pid: Int32, _ name: String) throws -> String? {
  try readText("/proc/\(pid)/status").split(separator: "\n").first { $0.hasPrefix(name + ":") }.map {
    String($0.dropFirst(name.count + 1).drop { $0.isWhitespace })
  }
}

private func linkTarget(_ path: String) -> String? {
  var buffer = [CChar](repeating: 0, count: 4096)
  let length = readlink(path, &buffer, buffer.count)
  return length > 0 ? String(decoding: buffer[..<length].map { UInt8(bitPattern: $0) }, as: UTF8.self) : nil
}
