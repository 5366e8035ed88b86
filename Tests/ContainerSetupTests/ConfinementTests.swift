import LinuxKit
import OCI
import ShimProtocol
import StackModel
import Testing

@testable import ContainerSetup

@Suite struct CapabilityTests {
  private func chosen(
    add: [String] = [], drop: [String] = [], available: CapabilitySet = .known, _ unlessTold: DefaultCapabilities = .docker
  ) throws -> [String] {
    var options = ContainerOptions()
    options.capAdd = add
    options.capDrop = drop
    var host = inputs().host
    host.capabilities = available
    host.defaultCapabilities = unlessTold
    return try chosenCapabilities(options, host: host).names
  }

  @Test func dockersFourteen() throws {
    #expect(
      try chosen() == [
        "CAP_CHOWN", "CAP_DAC_OVERRIDE", "CAP_FOWNER", "CAP_FSETID", "CAP_KILL", "CAP_SETGID", "CAP_SETUID", "CAP_SETPCAP",
        "CAP_NET_BIND_SERVICE", "CAP_NET_RAW", "CAP_SYS_CHROOT", "CAP_MKNOD", "CAP_AUDIT_WRITE", "CAP_SETFCAP",
      ])
  }

  @Test func theStrictEleven() throws {
    let set = CapabilitySet(names: try chosen(.strict))
    #expect(set.rawValue == 0x8004_05fb)
    #expect(DefaultCapabilities.docker.set.rawValue == 0xa804_25fb)
    // What a service asks for it gets with both.
    #expect(try chosen(add: ["NET_RAW"], .strict).count == 12)
    #expect(try chosen(drop: ["ALL"], .strict) == [])
    #expect(try chosen(add: ["ALL"], .strict) == chosen(add: ["ALL"]))
  }

  @Test func addAndDrop() throws {
    #expect(try chosen(add: ["NET_ADMIN"], drop: ["ALL"]) == ["CAP_NET_ADMIN"])
    #expect(try chosen(drop: ["all"]) == [])
    #expect(try chosen(add: ["ALL"], drop: ["CAP_SYS_ADMIN", "mknod"]).count == 39)
    #expect(try chosen(add: ["cap_sys_time"]).contains("CAP_SYS_TIME"))
    #expect(try !chosen(drop: ["NET_RAW"]).contains("CAP_NET_RAW"))
  }

  @Test func nothingBeyondTheEngine() throws {
    let available = CapabilitySet.known.subtracting(CapabilitySet(names: ["CAP_SYS_RESOURCE", "CAP_MKNOD"]))
    #expect(try chosen(available: available).count == 13)
    #expect(try chosen(add: ["ALL"], available: available).count == 39)
    #expect(throws: SetupError("cap_add: SYS_RESOURCE cannot be given, the engine does not have it itself")) {
      try chosen(add: ["SYS_RESOURCE"], available: available)
    }
    #expect(throws: SetupError.self) { try chosen(add: ["SUPERUSER"]) }
    #expect(throws: SetupError.self) { try chosen(drop: ["NOTHING"]) }
  }
}

@Suite struct SysctlTests {
  private func chosen(_ sysctls: [String: String], _ change: (inout ContainerOptions) -> Void = { _ in }) throws -> [String: String] {
    var options = ContainerOptions()
    options.sysctls = sysctls
    change(&options)
    return try chosenSysctls(options)
  }

  @Test func namespacedOnes() throws {
    let chosen = try chosen([
      "net.core.somaxconn": "1024", "kernel.shmmax": "1", "fs.mqueue.msg_max": "2", "net.ipv4.ip_unprivileged_port_start": "1024",
    ])
    #expect(chosen["net.core.somaxconn"] == "1024")
    #expect(chosen["net.ipv4.ip_unprivileged_port_start"] == "1024")
    #expect(chosen.count == 5)
  }

  @Test(arguments: [
    "vm.swappiness", "kernel.hostname", "kernel.core_pattern", "fs.file-max", "net", "net..x", "net.ipv4/../../kernel.core_pattern", "",
    "kernel.panic",
  ])
  func hostsOwn(name: String) {
    #expect(throws: SetupError.self) { try chosen([name: "1"]) }
  }

  @Test func sharedNamespaces() throws {
    #expect(throws: SetupError.self) { try chosen(["net.core.somaxconn": "1"]) { $0.network = .host } }
    #expect(throws: SetupError.self) { try chosen(["kernel.sem": "1"]) { $0.usesHostIPC = true } }
    #expect(try chosen([:]) { $0.network = .host } == [:])
  }
}

@Suite struct DeviceTests {
  @Test func mapped() throws {
    let plan = try containerPlan(
      inputs { $0.spec.options.devices = [DeviceMapping(source: "/dev/fuse", target: "/dev/x/fuse", permissions: "rw")] })
    #expect(plan.limits.devices.last == DeviceRule(allows: true, kind: .character, major: 10, minor: 229, access: [.read, .write]))
    let steps = plan.steps.map(\.description)
    let directory = try #require(steps.firstIndex(of: "mkdir /dev/x 0755"))
    #expect(steps[directory + 1] == "mknod /dev/x/fuse character 10:229 0660 0:44")
  }

  @Test func wrong() {
    #expect(throws: SetupError.self) { try lines { $0.spec.options.devices = [DeviceMapping(source: "/etc/passwd", target: "/dev/x")] } }
    #expect(throws: SetupError.self) {
      try lines { $0.spec.options.devices = [DeviceMapping(source: "/dev/x", target: "/dev/x", permissions: "rx")] }
    }
  }
}

@Suite struct LimitTests {
  private static func realtime(runtime: Int64, period: Int64? = nil) -> Resources {
    var resources = Resources()
    (resources.realtimeRuntime, resources.realtimePeriod) = (runtime, period)
    return resources
  }

  private func limits(_ resources: Resources) throws -> ResourceLimits {
    try containerPlan(inputs { $0.spec.options.resources = resources }).limits
  }

  @Test func values() throws {
    let limits = try limits(
      Resources(nanocores: 1_500_000_000, cpuShares: 512, cpuset: "0-1,3", memory: 67_108_864, memoryReservation: 33_554_432, pids: 100))
    #expect(limits.cpuQuota == 150_000)
    #expect(limits.cpuPeriod == 100_000)
    #expect(limits.cpuShares == 512)
    #expect(limits.cpus == "0-1,3")
    #expect(limits.memory == 67_108_864)
    #expect(limits.memoryReservation == 33_554_432)
    #expect(limits.memoryAndSwap == 134_217_728)
    #expect(limits.pids == 100)
  }

  @Test func unlimited() throws {
    let limits = try limits(Resources(nanocores: 0, cpuShares: 0, cpuset: "", memory: 0, memorySwap: 0, pids: -1))
    #expect(limits == ResourceLimits(devices: limits.devices))
    #expect(try self.limits(Resources(memory: 67_108_864, memorySwap: -1)).memoryAndSwap == -1)
  }

  @Test(arguments: [
    Resources(memory: 1024), Resources(memory: 67_108_864, memoryReservation: 67_108_865),
    Resources(memory: 67_108_864, memorySwap: 67_108_863),
    Resources(memorySwap: 67_108_864), Resources(nanocores: 1), Resources(nanocores: -1), Resources(nanocores: .max),
    Resources(cpuShares: 1), realtime(runtime: 1_000_001), realtime(runtime: .max), realtime(runtime: 500, period: 400),
    Resources(cpuset: "3-1"), Resources(cpuset: "0,"), Resources(cpuset: "a"), Resources(cpuset: "0\n1"), Resources(cpuset: "+1"),
  ])
  func refused(resources: Resources) {
    #expect(throws: SetupError.self) { try limits(resources) }
  }
}
