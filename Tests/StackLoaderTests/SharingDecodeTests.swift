import StackModel
import Testing

@testable import StackLoader

/// Keys that say what a container shares, and the limits that came after the first.
@Suite struct SharingDecodeTests {
  private func options(_ keys: String, top: String = "") throws -> ContainerOptions {
    let found = service(keys, top: top)
    return try #require(found.service, "\(found.lines)").options
  }

  private let other = "  db:\n    image: postgres\n"

  @Test func namespaces() throws {
    #expect(try options("pid: service:db", top: other).pidOwner == .service("db"))
    #expect(try options("pid: container:x").pidOwner == .container("x"))
    #expect(try options("ipc: service:db", top: other).ipc == .of(.service("db")))
    #expect(try options("ipc: container:x").ipc == .of(.container("x")))
    #expect(try options("ipc: shareable").ipc == .shareable)
    #expect(try options("ipc: none").ipc == IPCMode.none)
    #expect(try options("ipc: private").ipc == nil)
    #expect(try options("cgroup: host").usesHostCgroup == true)
    #expect(try options("cgroup: private").usesHostCgroup == nil)
    #expect(try options("security_opt: [systempaths=unconfined]").unmasksPaths == true)
    #expect(try options("security_opt: [apparmor=unconfined]").appArmor == "unconfined")
    #expect(try options("security_opt: ['apparmor:my-profile']").appArmor == "my-profile")
  }

  @Test func ownersAreDependencies() throws {
    let needs = try #require(service("pid: service:db\nipc: service:db", top: other).service).dependsOn
    #expect(needs == ["db": Dependency(restart: true)])
    let found = try #require(service("volumes_from: ['db:ro', 'container:x']", top: other).service)
    #expect(found.dependsOn == ["db": Dependency()])
    #expect(
      found.options.volumesFrom == [
        VolumesFrom(source: .service("db"), isReadOnly: true), VolumesFrom(source: .container("x")),
      ])
  }

  @Test func deviceRules() throws {
    #expect(
      try options("device_cgroup_rules: ['c 188:* rw', 'a *:* rwm']").deviceRules == [
        DeviceCgroupRule(kind: .character, major: 188, minor: nil, permissions: "rw"),
        DeviceCgroupRule(kind: .all, major: nil, minor: nil, permissions: "rwm"),
      ])
  }

  @Test func limits() throws {
    let found = try options(
      """
      cpu_quota: 33333
      cpu_period: 70000
      cpu_rt_runtime: 400ms
      cpu_rt_period: 1000000
      mem_swappiness: 5
      oom_kill_disable: true
      blkio_config:
        weight: 300
        weight_device: [{path: /dev/sda, weight: 400}]
        device_read_bps: [{path: /dev/sda, rate: 12mb}]
        device_write_iops: [{path: /dev/sda, rate: 30}]
      deploy: {resources: {reservations: {cpus: '0.25'}}}
      """
    ).resources
    #expect(found.cpuQuota == 33_333 && found.cpuPeriod == 70_000 && found.nanocores == nil)
    #expect(found.realtimeRuntime == 400_000 && found.realtimePeriod == 1_000_000)
    #expect(found.swappiness == 5 && found.disablesOOMKiller == true)
    #expect(found.reservedNanocores == 250_000_000)
    #expect(found.blockIO?.weight == 300)
    #expect(found.blockIO?.deviceWeights == [BlockIO.Weight(path: "/dev/sda", weight: 400)])
    #expect(found.blockIO?.readBytes == [BlockIO.Limit(path: "/dev/sda", rate: 12 << 20)])
    #expect(found.blockIO?.writeOperations == [BlockIO.Limit(path: "/dev/sda", rate: 30)])
  }

  @Test func moreThanThereIs() { #expect(service("cpu_rt_runtime: 2000\ncpu_rt_period: 1000").service == nil) }

  @Test func mounts() throws {
    func mount(_ keys: String) throws -> Mount { try #require(try options("volumes:\n- \(keys)").mounts.first) }
    #expect(
      try mount("{type: image, source: nginx, target: /www, read_only: true, image: {subpath: usr/share}}")
        == Mount(source: .image("nginx"), target: "/www", isReadOnly: true, subpath: "usr/share"))
    #expect(try mount("{type: bind, source: /h, target: /t, bind: {recursive: disabled}}").recursion == .disabled)
    #expect(try mount("{type: bind, source: /h, target: /t, read_only: true, bind: {recursive: writable}}").recursion == .writable)
  }

  @Test(arguments: [
    "{type: image, target: /t}",
    "{type: image, source: nginx, target: /t, image: {subpath: ../x}}", "{type: image, source: 'no such IMAGE', target: /t}",
  ])
  func mountsThatCannotBe(_ entry: String) {
    #expect(service("volumes:\n- \(entry)").service == nil)
  }
}
