import Testing

@testable import Cgroups

@Suite struct DetectionTests {
  private let hybrid = """
    23 28 0:22 / /proc rw,nosuid - proc proc rw
    31 23 0:28 / /sys/fs/cgroup ro,nosuid - tmpfs tmpfs rw,mode=755
    32 31 0:29 / /sys/fs/cgroup/cpu,cpuacct rw,relatime shared:9 - cgroup cgroup rw,cpu,cpuacct
    35 31 0:32 / /sys/fs/cgroup/memory rw,relatime - cgroup cgroup rw,memory
    36 31 0:33 / /sys/fs/cgroup/net_cls rw,relatime - cgroup cgroup rw,net_cls
    40 31 0:37 / /sys/fs/cgroup/systemd rw,relatime - cgroup cgroup rw,xattr,name=systemd
    41 31 0:38 / /sys/fs/cgroup/unified rw,relatime - cgroup2 cgroup2 rw,nsdelegate
    50 31 0:32 / /mnt/second rw,relatime - cgroup cgroup rw,memory
    """

  @Test func hybridIsBelowTheEnginesOwnGroups() throws {
    let layout = try CgroupLayout(
      mountinfo: hybrid, membership: "4:memory:/job/7\n3:net_cls:/\n2:cpu,cpuacct:/\n1:name=systemd:/init.scope\n0::/init.scope\n")
    #expect(layout.version == .hybrid)
    #expect(
      layout.hierarchies == [
        Hierarchy(
          controllers: ["cpu", "cpuacct"], isUnified: false, mountPoint: "/sys/fs/cgroup/cpu,cpuacct", own: "/sys/fs/cgroup/cpu,cpuacct"),
        Hierarchy(controllers: ["memory"], isUnified: false, mountPoint: "/sys/fs/cgroup/memory", own: "/sys/fs/cgroup/memory/job/7"),
        Hierarchy(controllers: [], isUnified: true, mountPoint: "/sys/fs/cgroup/unified", own: "/sys/fs/cgroup/unified/init.scope"),
      ])
  }

  @Test func versionOne() throws {
    let text = hybrid.split(separator: "\n").filter { !$0.contains("cgroup2") }.joined(separator: "\n")
    let layout = try CgroupLayout(mountinfo: text, membership: "4:memory:/\n2:cpu,cpuacct:/a\n")
    #expect(layout.version == .v1)
    #expect(layout.hierarchies.count == 2)
  }

  @Test func versionTwoIsAtTheTop() throws {
    let layout = try CgroupLayout(
      mountinfo: "30 23 0:26 / /sys/fs/cgroup rw - cgroup2 cgroup2 rw,nsdelegate",
      membership: "0::/user.slice/user-0.slice/session-1.scope\n")
    #expect(layout.version == .v2)
    #expect(layout.hierarchies == [Hierarchy(controllers: [], isUnified: true, mountPoint: "/sys/fs/cgroup", own: "/sys/fs/cgroup")])
  }

  /// In a container without a cgroup namespace, a part of the tree is mounted.
  @Test func partsOfATree() throws {
    let line = #"35 31 0:32 /docker/1 /sys/fs/cgroup/my\040memory rw - cgroup cgroup rw,memory"#
    let layout = try CgroupLayout(mountinfo: line, membership: "4:memory:/docker/1/job\n")
    #expect(layout.hierarchies.map(\.own) == ["/sys/fs/cgroup/my memory/job"])
    #expect(throws: CgroupError.self) { try CgroupLayout(mountinfo: line, membership: "4:memory:/docker/10\n") }
  }

  @Test(arguments: ["", "garbage", "1 2 3 - cgroup cgroup rw,memory", "a b c d e f - cgroup2", "- - - - - - - - - - -"])
  func nothingThere(text: String) {
    #expect(throws: CgroupError.self) { try CgroupLayout(mountinfo: text, membership: text) }
  }

  @Test(arguments: ["", ".", "..", ".x", "a/b", "a b", "a\n", "ü", String(repeating: "a", count: 201)])
  func namesThatCannotBe(name: String) {
    #expect(throws: CgroupError.self) { try groupName(name) }
  }
}
