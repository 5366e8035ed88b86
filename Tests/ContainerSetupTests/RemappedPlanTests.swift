import LinuxKit
import OCI
import ShimProtocol
import StackModel
import Testing

@testable import ContainerSetup

/// A container with a user namespace of its own.
@Suite struct RemappedPlanTests {
  private static let users = UserMapping(
    users: [UserMapping.Range(inside: 0, outside: 200_000, count: 65_536)],
    groups: [UserMapping.Range(inside: 0, outside: 300_000, count: 1000)])

  private func plan(_ change: (inout ContainerInputs) -> Void = { _ in }) throws -> ContainerPlan {
    try containerPlan(
      inputs {
        $0.spec.options.users = .remapped(Self.users)
        change(&$0)
      })
  }

  @Test func differsFromTheDefaultInThis() throws {
    let usual = try lines()
    let plan = try plan()
    let remapped = plan.steps.map(\.description)
    let change = remapped.difference(from: usual)
    let removed = change.removals.map { if case .remove(_, let line, _) = $0 { line } else { "" } }
    let added = change.insertions.map { if case .insert(_, let line, _) = $0 { line } else { "" } }
    #expect(
      removed == [
        "overlay root /layers lower=b:a upper=/c/upper work=/c/work", "mknod /dev/null character 1:3 0666 0:0",
        "mknod /dev/zero character 1:5 0666 0:0", "mknod /dev/full character 1:7 0666 0:0", "mknod /dev/random character 1:8 0666 0:0",
        "mknod /dev/urandom character 1:9 0666 0:0", "mknod /dev/tty character 5:0 0666 0:0", "bind /c/hostname /etc/hostname isPrivate",
        "bind /c/hosts /etc/hosts isPrivate", "bind /c/resolv.conf /etc/resolv.conf isPrivate",
        "sysctl net.ipv4.ping_group_range=0 2147483647", "seccomp slot 1",
      ])
    #expect(
      added == [
        "user namespace users 0:200000:65536 groups 0:300000:1000", "root slot 1", "bind /dev/null /dev/null isPrivate",
        "bind /dev/zero /dev/zero isPrivate", "bind /dev/full /dev/full isPrivate", "bind /dev/random /dev/random isPrivate",
        "bind /dev/urandom /dev/urandom isPrivate", "bind /dev/tty /dev/tty isPrivate", "bind slot 3 /etc/hostname isPrivate",
        "bind slot 4 /etc/hosts isPrivate", "bind slot 5 /etc/resolv.conf isPrivate", "sysctl net.ipv4.ping_group_range=0 999",
        "seccomp slot 2",
      ])
    #expect(
      remapped.prefix(4) == [
        "join cgroups", "user namespace users 0:200000:65536 groups 0:300000:1000", "unshare cgroup", "mount / rslave",
      ])
    #expect(plan.runtimeSpec.linux.namespaces.first?.type == "user")
    #expect(plan.runtimeSpec.linux.uidMappings?.map(\.hostID) == [200_000])
  }

  @Test func whatIsTheEnginesComesMappedAndWhatIsTheHostsDoesNot() throws {
    let plan = try plan {
      $0.volumes = ["/data": "/v/data", "/part": "/v/part"]
      $0.spec.options.mounts = [
        Mount(source: .volume("data"), target: "/data"), Mount(source: .volume("part"), target: "/part", subpath: "a/b"),
        Mount(source: .bind(path: "/srv", createsHostPath: false, propagation: nil), target: "/srv"),
      ]
      $0.spec.options.secrets = [FileGrant(source: "s", target: "/run/secrets/s")]
      $0.spec.options.devices = [DeviceMapping(source: "/dev/a", target: "/dev/b")]
      $0.host.hasNoSwap = true
    }
    for slot: Slot in [
      .mapped(path: "/v/data", subpath: nil, isRecursive: true), .mapped(path: "/v/part", subpath: "a/b", isRecursive: true),
      .mapped(path: "/c/hosts", subpath: nil, isRecursive: false),
      .grants(options: ["mode=755", "source=muster-0123456789ab", "noswap", "uid=200000", "gid=300000"]),
    ] { #expect(plan.slots.contains(slot), "\(slot)") }
    let lines = plan.steps.map(\.description)
    #expect(lines.contains("rbind /srv /srv isPrivate"))
    #expect(lines.contains("bind /dev/a /dev/b isPrivate"))
    #expect(lines.contains { $0.hasPrefix("bind slot ") && $0.contains(" /run/secrets nosuid,nodev") })
  }

  @Test func aFurtherProcessFollows() throws {
    let inputs = inputs {
      $0.spec.options.users = .remapped(Self.users)
      $0.spec.options.oomScoreAdjust = 5
      $0.spec.options.ulimits = ["nofile": Ulimit(soft: 1, hard: 2), "core": Ulimit(soft: 0, hard: 0)]
      $0.host.hardLimit = { $0 == 7 ? 1 : 100 }
      $0.host.appArmor = AppArmorFacts(isEnabled: true, standard: "muster-default")
    }
    let lines = try execPlan(inputs, ExecOptions(command: ["x"])).steps.map(\.description)
    let first = [
      "join cgroups", "rlimit 7 2:2", "oom_score_adj 5", "apparmor muster-default", "user namespace of the container", "setsid",
    ]
    #expect(Array(lines.prefix(6)) == first && lines.filter { $0.hasPrefix("apparmor") }.count == 1, "\(lines)")
    #expect(lines.contains("rlimit 7 1:2") && lines.contains("rlimit 4 0:0") && lines.filter { $0.hasPrefix("oom") }.count == 1)
  }

  @Test func anotherContainersIsJoined() throws {
    let plan = try plan {
      $0.spec.options.network = .service("db")
      $0.joinsUsers = true
    }
    let slot = try #require(plan.slots.firstIndex(of: .users))
    #expect(plan.steps.map(\.description)[1] == "user namespace slot \(slot)")
    #expect(plan.joinSlots.map { plan.slots[$0] } == [.network])
  }
}
