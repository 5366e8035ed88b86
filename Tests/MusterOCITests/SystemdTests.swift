import Foundation
import Glibc
import OCI
import TestSupport
import Testing

/// `--systemd-cgroup`: systemd makes the control group.
@Suite(.enabled(if: geteuid() == 0, "makes containers"), .timeLimit(.minutes(10))) struct SystemdTests {
  private static let isThere = exists("/run/systemd/system") && exists("/sys/fs/cgroup/cgroup.controllers")

  private func spec(_ bundle: Bundle, _ place: String) -> RuntimeSpec {
    var spec = bundle.spec("sleep", "1000")
    spec.linux.cgroupsPath = place
    var resources = RuntimeSpec.Resources()
    resources.memory = RuntimeSpec.Resources.Memory()
    resources.memory?.limit = 64 << 20
    resources.cpu = RuntimeSpec.Resources.CPU()
    resources.cpu?.shares = 512
    resources.cpu?.quota = 50_000
    resources.cpu?.period = 100_000
    resources.cpu?.cpus = "0"
    resources.pids = RuntimeSpec.Resources.Pids(limit: 40)
    spec.linux.resources = resources
    return spec
  }

  private func limits(_ group: String) throws -> [String] {
    try ["memory.max", "cpu.weight", "cpu.max", "cpuset.cpus", "pids.max"].map { try readText("\(group)/\($0)").filter { $0 != "\n" } }
  }

  @Test(.enabled("systemd does not run this machine, or not with cgroup v2 (Tests/vm has one that it does)") { isThere })
  func theGroupIsAScopeOfSystemd() async throws {
    let bundle = try Bundle()
    let unit = "test-\(bundle.id).scope"
    let group = "/sys/fs/cgroup/muster.slice/muster-oci.slice/" + unit
    try bundle.write(spec(bundle, "muster-oci.slice:test:\(bundle.id)"))
    try await bundle.oci("--systemd-cgroup", "create", bundle.id).expect()
    try await bundle.oci("start", bundle.id).expect()
    let pid = try #require(try await bundle.state()["pid"] as? Int)
    #expect(try readText(group + "/cgroup.procs") == "\(pid)\n", "only the container is in it")
    let asked = ["67108864", "20", "50000 100000", "0", "40"]
    #expect(try limits(group) == asked)
    let shown = try await run("systemctl", "show", unit, "-p", "Delegate,MemoryMax,TasksMax,CPUWeight,AllowedCPUs,ActiveState").expect()
      .lines
    #expect(
      Set(shown) == ["Delegate=yes", "MemoryMax=67108864", "TasksMax=40", "CPUWeight=20", "AllowedCPUs=0", "ActiveState=active"])
    try await run("systemctl", "daemon-reload").expect()
    #expect(try limits(group) == asked)
    #expect(try await bundle.oci("exec", bundle.id, "cat", "/proc/self/cgroup").expect().output == "0::/\n")
    try await bundle.oci("update", "--memory", String(32 << 20), "--pids-limit", "30", bundle.id).expect()
    try await run("systemctl", "daemon-reload").expect()
    #expect(try limits(group) == ["33554432", "20", "50000 100000", "0", "30"])
    // The name is taken; whose it is lives on.
    let second = try await bundle.oci("--systemd-cgroup", "create", bundle.id + "-b").expect(1)
    #expect(second.errors.contains("StartTransientUnit"), "\(second)")
    #expect(try await bundle.status() == "running")
    try await bundle.oci("delete", "--force", bundle.id).expect()
    #expect(!exists(group))
    #expect(try await run("systemctl", "list-units", "--all", "--no-legend", unit).expect().output == "")
    #expect(bundle.leftovers.isEmpty, "\(bundle.leftovers)")
  }

  /// Its end is the unit's, whoever sees it.
  @Test(.enabled("systemd does not run this machine, or not with cgroup v2 (Tests/vm has one that it does)") { isThere })
  func stoppingTheScopeEndsTheContainer() async throws {
    let bundle = try Bundle()
    var spec = spec(bundle, "")
    spec.annotations = [
      "org.systemd.property.TimeoutStopUSec": "uint64 300000", "org.systemd.property.CollectMode": "'inactive-or-failed'",
    ]
    try bundle.write(spec)
    try await bundle.oci("--systemd-cgroup", "create", bundle.id).expect()
    try await bundle.oci("start", bundle.id).expect()
    let unit = "muster-oci-\(bundle.id).scope"
    #expect(
      try await run("systemctl", "show", "-p", "TimeoutStopUSec,CollectMode,Slice", unit).expect().lines.sorted() == [
        "CollectMode=inactive-or-failed", "Slice=system.slice", "TimeoutStopUSec=300ms",
      ])
    try await run("systemctl", "stop", unit).expect()
    try await bundle.reaches("stopped")
    try await bundle.oci("delete", bundle.id).expect()
    #expect(bundle.leftovers.isEmpty, "\(bundle.leftovers)")
  }

  /// S14: an annotation, which may come from an image, is no way to have systemd do something.
  @Test(arguments: [
    ("system.slice:a:b", ["org.systemd.property.ExecStopPost": "'/bin/sh -c reboot'"], "org.systemd.property.ExecStopPost is not honoured"),
    ("system.slice:a:b", ["org.systemd.property.Before": "['x.service']"], "org.systemd.property.Before is not honoured"),
    ("system.slice:a:b", ["org.systemd.property.KillSignal": "99"], "99 is not a value of it"),
    ("system.slice:a:b", ["org.systemd.property.CollectMode": "'x'"], "'x' is not a value of it"),
    ("/one/two", [:], "/one/two is not SLICE:PREFIX:NAME"), ("system.slice:a:b.slice", [:], "in which there are no processes"),
    ("../x.slice:a:b", [:], "../x.slice is no name of a slice"), ("a--b.slice:a:b", [:], "a--b.slice is no name of a slice"),
    ("system.slice:a/..:b", [:], "is no name of a unit"), ("system.slice:a:b\n", [:], "is no name of a unit"),
  ])
  func whatIsNoUnitIsRefused(place: String, annotations: [String: String], message: String) async throws {
    let bundle = try Bundle()
    var spec = spec(bundle, place)
    spec.annotations = annotations
    try bundle.write(spec)
    let outcome = try await bundle.oci("--systemd-cgroup", "create", bundle.id).expect(1)
    #expect(outcome.errors.contains(message), "\(outcome)")
    #expect(bundle.leftovers.isEmpty, "\(bundle.leftovers)")
  }
}
