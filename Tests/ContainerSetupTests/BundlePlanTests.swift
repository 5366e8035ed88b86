import ContainerSetup
import LinuxKit
import OCI
import ShimProtocol
import Testing

/// The order of the steps that an OCI runtime's container makes itself by.
@Suite struct BundlePlanTests {
  private func spec() -> RuntimeSpec {
    var process = RuntimeSpec.Process(
      user: RuntimeSpec.User(uid: 1000, gid: 1000, additionalGids: [7]), args: ["run"], env: ["PATH=/bin"], cwd: "/work")
    process.noNewPrivileges = true
    process.rlimits = [RuntimeSpec.Rlimit(type: "RLIMIT_NOFILE", soft: 1, hard: 2)]
    var spec = RuntimeSpec(process: process, root: RuntimeSpec.Root(path: "rootfs", readonly: true))
    spec.hostname = "name"
    spec.mounts = [
      RuntimeSpec.Mount(destination: "/proc", type: "proc", source: "proc", options: ["nosuid"]),
      RuntimeSpec.Mount(destination: "/in", type: "bind", source: "here", options: ["rbind", "ro"]),
    ]
    spec.linux.namespaces = ["pid", "mount", "uts", "ipc", "network"].map { RuntimeSpec.Namespace(type: $0) }
    spec.linux.sysctl = ["net.core.somaxconn": "3"]
    spec.linux.maskedPaths = ["/proc/kcore"]
    spec.linux.readonlyPaths = ["/proc/sys"]
    spec.linux.seccomp = RuntimeSpec.Seccomp(defaultAction: "SCMP_ACT_ALLOW")
    var hooks = RuntimeSpec.Hooks()
    hooks.createContainer = [RuntimeSpec.Hook(path: "/first")]
    hooks.startContainer = [RuntimeSpec.Hook(path: "/second")]
    spec.hooks = hooks
    return spec
  }

  private func plan(_ spec: RuntimeSpec, hasUsers: Bool = false) throws -> BundlePlan {
    let cgroups = BundleFacts.Cgroups(view: .unified, directories: [.init(controllers: [], path: "/cg/x")], hasNamespace: false)
    return try bundlePlan(spec, BundleFacts(bundle: "/b", cgroups: cgroups, capabilities: .known, hasNewUsers: hasUsers))
  }

  @Test func inFull() throws {
    let lines = try plan(spec()).steps.map(\.description).filter { !$0.hasPrefix("mknod") && !$0.hasPrefix("symlink") }
    #expect(
      lines == [
        "join cgroups", "mount / rslave", "mount private the parent of /b/rootfs", "sethostname name", "setsid", "bind root /b/rootfs",
        "mount proc /proc source=proc nosuid", "rbind /b/here /in isPrivate", "remount /in ro",
        "meet parent: rootPrepared", "hook /first", "pivot_root", "mkdir /work 0755", "link lo up", "sysctl net.core.somaxconn=3",
        "read-only /proc/sys", "mask /proc/kcore", "remount / ro", "new session keyring", "rlimit 7 1:2", "umask 022", "chdir /work",
        "resolve run", "give streams to 1000", "accept start", "hook /second", "caps bounding 0", "user 1000:1000 groups 7",
        "caps effective 0 permitted 0 inheritable 0 ambient 0", "no_new_privs", "seccomp slot 1 flags 0", "exec",
      ])
  }

  @Test func withoutNoNewPrivilegesTheFilterComesBeforeTheUser() throws {
    var spec = spec()
    spec.process.noNewPrivileges = nil
    let lines = try plan(spec).steps.map(\.description)
    let filter = try #require(lines.firstIndex { $0.hasPrefix("seccomp") })
    #expect(filter < (try #require(lines.firstIndex { $0.hasPrefix("user ") })))
    #expect(!lines.contains("no_new_privs"))
  }

  @Test func withUsersOfItsOwnTheParentOpensWhatIsBound() throws {
    var spec = spec()
    spec.linux.namespaces.append(RuntimeSpec.Namespace(type: "user"))
    spec.linux.uidMappings = [RuntimeSpec.IDMapping(containerID: 0, hostID: 1, size: 1)]
    spec.linux.gidMappings = spec.linux.uidMappings
    let plan = try plan(spec, hasUsers: true)
    let lines = plan.steps.map(\.description)
    let entry = try #require(lines.firstIndex(of: "user namespace 0:1:1"))
    #expect(lines.first == "join cgroups" && !lines[entry...].contains { $0.hasPrefix("oom_score_adj") })
    #expect(plan.slots.contains(.tree(path: "/b/here", isRecursive: true)))
    #expect(plan.slots.contains(.tree(path: "/dev/null", isRecursive: false)))
    // The step makes it, before the others are made.
    #expect(!plan.namespaces.contains(.user) && plan.namespaces.contains(.mount))
  }

  @Test func capabilitiesThatCannotBeHadAreToldAndAmbientOnesFollow() throws {
    var spec = spec()
    spec.process.capabilities = RuntimeSpec.Capabilities(
      bounding: ["CAP_KILL", "CAP_NONSUCH"], effective: ["CAP_KILL", "CAP_CHOWN"], inheritable: ["CAP_KILL"], permitted: ["CAP_KILL"],
      ambient: ["CAP_KILL", "CAP_CHOWN"])
    let plan = try plan(spec)
    #expect(plan.warnings == ["capabilities that cannot be had are left out: CAP_NONSUCH"])
    #expect(plan.steps.map(\.description).contains("caps effective 20 permitted 20 inheritable 20 ambient 20"))
  }

  @Test func limitsAllowTheDevicesOfEveryContainer() throws {
    var resources = RuntimeSpec.Resources()
    resources.devices = [RuntimeSpec.Resources.DeviceRule(allow: false, access: "rwm")]
    resources.memory = RuntimeSpec.Resources.Memory(limit: 0)
    resources.cpu = RuntimeSpec.Resources.CPU(shares: 0, quota: 0, period: 0, cpus: "")
    let limits = try bundleLimits(resources)
    #expect(limits.devices.first?.text == "a *:* rwm")
    #expect(limits.devices.contains { $0.text == "c 1:3 rwm" && $0.allows })
    #expect(limits.memory == nil && limits.cpuShares == nil && limits.cpuQuota == nil && limits.cpuPeriod == nil && limits.cpus == nil)
    resources.devices = [RuntimeSpec.Resources.DeviceRule(allow: true, access: "rwm")]
    #expect(try bundleLimits(resources).devices.count == 1)
  }
}
