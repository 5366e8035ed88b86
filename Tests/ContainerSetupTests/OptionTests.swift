import LinuxKit
import OCI
import ShimProtocol
import StackModel
import Testing

@testable import ContainerSetup

@Suite struct OptionTests {
  @Test func privilegedHasEverything() throws {
    let plan = try containerPlan(inputs { $0.spec.options.isPrivileged = true })
    let steps = plan.steps.map(\.description)
    #expect(plan.capabilities == .known)
    #expect(plan.slots == [.cgroupProcs(0)])
    #expect(!steps.contains { $0.hasPrefix("mask") || $0.hasPrefix("read-only") || $0.hasPrefix("seccomp") })
    #expect(steps.contains("mount sysfs /sys nosuid,nodev,noexec"))
    #expect(steps.contains("mount cgroup2 /sys/fs/cgroup nosuid,nodev,noexec"))
    #expect(steps.contains("mknod /dev/kvm character 10:232 0660 0:104"))
    #expect(plan.limits.devices == [DeviceRule(allows: true, kind: .any)])
  }

  @Test func readOnlyRoot() throws {
    let steps = try lines { $0.spec.options.isReadOnly = true }
    #expect(steps.contains("remount / ro"))
    #expect(steps.contains("bind /c/hosts /etc/hosts ro isPrivate"))
    #expect(steps.contains("mount tmpfs /dev/shm mode=1777,size=67108864 nosuid,nodev,noexec"))
  }

  @Test func withoutNewPrivilegesTheFilterComesLast() throws {
    let steps = try lines { $0.spec.options.noNewPrivileges = true }
    #expect(steps.suffix(4) == ["die with parent", "no_new_privs", "seccomp slot 1", "exec bash"])
  }

  @Test func unconfinedHasNoFilter() throws {
    let plan = try containerPlan(inputs { $0.spec.options.seccomp = .unconfined })
    #expect(!plan.slots.contains(.seccomp))
  }

  @Test func hostNamespaces() throws {
    let plan = try containerPlan(
      inputs {
        $0.spec.options.network = .host
        $0.spec.options.usesHostPID = true
        $0.spec.options.usesHostIPC = true
        $0.spec.options.usesHostUTS = true
        $0.spec.options.usesInit = true
      })
    let steps = plan.steps.map(\.description)
    #expect(plan.namespaces == [.mount])
    #expect(plan.joinSlots == [])
    #expect(!steps.contains { $0.hasPrefix("link") || $0.hasPrefix("route") || $0.hasPrefix("sysctl") || $0.hasPrefix("sethostname") })
    #expect(steps.contains("rbind /dev/shm /dev/shm nosuid,nodev,noexec isPrivate"))
    #expect(steps.last == "exec bash")
    #expect(plan.runtimeSpec.process.env.contains("HOSTNAME=box"))
  }

  @Test func joinedNetwork() throws {
    let plan = try containerPlan(
      inputs {
        $0.spec.options.network = .service("db")
        $0.joinedHostname = "db-host"
      })
    #expect(!plan.namespaces.contains(.network))
    #expect(plan.joinSlots.map { plan.slots[$0] } == [.network])
    #expect(plan.steps.contains(.setHostname("db-host")))
    #expect(!plan.steps.contains { $0.description.hasPrefix("sysctl") || $0.description.hasPrefix("link") })
  }

  @Test func noNetworkStillHasLoopback() throws {
    let steps = try lines {
      $0.spec.options.network = .none
      $0.interfaces = []
      $0.gateway = nil
    }
    #expect(steps.filter { $0.hasPrefix("link") || $0.hasPrefix("route") } == ["link lo up"])
  }

  /// `ipvlan` in its modes `l3` and `l3s`: the host's own routes decide.
  @Test func aDefaultRouteNeedsNoGateway() throws {
    let steps = try lines {
      $0.gateway = nil
      $0.routingInterface = "eth0"
      $0.routingInterface6 = "eth0"
    }
    #expect(steps.filter { $0.hasPrefix("route") } == ["route default dev eth0", "route ::/0 dev eth0"])
  }

  @Test func terminal() throws {
    let plan = try containerPlan(inputs { $0.spec.options.hasTerminal = true })
    #expect(plan.steps.contains(.bindConsole))
    #expect(plan.steps.contains(.controllingTerminal))
    #expect(plan.runtimeSpec.process.env.contains("TERM=xterm"))
  }

  @Test func initIsBoundAndPutBefore() throws {
    let plan = try containerPlan(inputs { $0.spec.options.usesInit = true })
    let slot = try #require(plan.slots.firstIndex(of: .initProgram))
    #expect(plan.steps.map(\.description).contains("bind slot \(slot) /sbin/docker-init ro isPrivate"))
    #expect(plan.steps.last?.description == "exec /sbin/docker-init -- bash")
  }

  @Test func workingDirectoryIsMadeAndCleaned() throws {
    let steps = try lines { $0.spec.options.workingDirectory = "/var/../srv//app/." }
    #expect(steps.contains("mkdir /srv/app 0755"))
    #expect(steps.contains("chdir /srv/app"))
    #expect(try lines { $0.image.config?.workingDir = "data" }.contains("chdir /data"))
  }

  @Test func userGroupsLimitsAndScore() throws {
    let steps = try lines {
      $0.image.config?.user = "www-data"
      $0.spec.options.groups = ["audio", "44"]
      $0.spec.options.ulimits = ["nofile": Ulimit(soft: 1024, hard: -1), "core": Ulimit(soft: 0, hard: 0)]
      $0.spec.options.oomScoreAdjust = -500
    }
    #expect(steps.contains("user www-data groups audio,44"))
    #expect(steps.filter { $0.hasPrefix("rlimit") } == ["rlimit 4 0:0", "rlimit 7 1024:\(UInt64.max)"])
    #expect(steps.contains("oom_score_adj -500"))
    #expect(try lines { $0.spec.options.user = "1000:1000" }.contains("user 1000:1000"))
  }

  @Test func namesAndDomain() throws {
    let steps = try lines {
      $0.spec.options.hostname = "shop"
      $0.spec.options.domainname = "example.org"
      $0.spec.options.shmSize = ByteCount(1 << 20)
    }
    #expect(steps.contains("sethostname shop"))
    #expect(steps.contains("setdomainname example.org"))
    #expect(steps.contains("mount tmpfs /dev/shm mode=1777,size=1048576 nosuid,nodev,noexec"))
  }

  @Test(arguments: ["nofiles", "as\u{0}", ""])
  func unknownLimit(name: String) {
    #expect(throws: SetupError.self) { try lines { $0.spec.options.ulimits = [name: Ulimit(soft: 1, hard: 1)] } }
  }

  @Test func contradictions() {
    #expect(throws: SetupError("ulimits.nofile: the soft limit 2 is above the hard limit 1")) {
      try lines { $0.spec.options.ulimits = ["nofile": Ulimit(soft: 2, hard: 1)] }
    }
    #expect(throws: SetupError("hostname: cannot be set with uts: host", hint: "leave out one of them")) {
      try lines {
        $0.spec.options.usesHostUTS = true
        $0.spec.options.hostname = "x"
      }
    }
    #expect(throws: SetupError("stop_signal: SIGNONE is not a signal", hint: "write SIGTERM, SIGRTMIN+3 or a number from 1 to 64")) {
      try lines { $0.spec.options.stopSignal = "SIGNONE" }
    }
  }
}
