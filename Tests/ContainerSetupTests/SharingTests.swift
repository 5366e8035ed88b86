import LinuxKit
import OCI
import ShimProtocol
import StackModel
import Testing

@testable import ContainerSetup

/// Namespaces, paths and mounts that are not a container's own, or not as usual.
@Suite struct SharingTests {
  private func plan(_ change: (inout ContainerOptions) -> Void) throws -> ContainerPlan {
    try containerPlan(inputs { change(&$0.spec.options) })
  }

  @Test func joinsThePIDNamespaceOfAnother() throws {
    let plan = try self.plan {
      $0.pidOwner = .service("db")
      $0.usesInit = true
    }
    #expect(!plan.namespaces.contains(.pid))
    #expect(plan.slots.contains(.pid))
    #expect(plan.joinSlots.map { plan.slots[$0] } == [.pid])
    #expect(plan.runtimeSpec.linux.namespaces.contains(RuntimeSpec.Namespace(type: "pid")))
    // There is a first process already.
    #expect(plan.runtimeSpec.process.args == ["bash"])
  }

  /// Its interfaces are there, with what was made of them.
  @Test func comesBackToTheNetworkNamespaceThatOthersHaveKept() throws {
    let edit: (inout ContainerInputs) -> Void = {
      $0.spec.options.network = .bridges([Attachment(network: "front")])
      $0.interfaces = [ContainerInterface(origin: "mc-1", name: "eth0", addresses: ["172.18.0.2/20"])]
      $0.gateway = "172.18.0.1"
    }
    let made = try containerPlan(inputs(edit))
    let plan = try containerPlan(
      inputs {
        edit(&$0)
        $0.rejoinsNetwork = true
      })
    #expect(made.namespaces.subtracting(plan.namespaces) == .network)
    #expect(plan.joinSlots.map { plan.slots[$0] } == [.network])
    let (before, after) = (made.steps.map(\.description), plan.steps.map(\.description))
    let own = ["link mc-1 name eth0 mtu 1500 address 172.18.0.2/20", "route default via 172.18.0.1"]
    #expect(own.allSatisfy(before.contains))
    // Nothing else is different, but for the number of what comes after the namespace.
    #expect(before.filter { !own.contains($0) && !$0.contains("slot") } == after.filter { !$0.contains("slot") })
    #expect(plan.runtimeSpec == made.runtimeSpec)
  }

  @Test func joinsTheIPCNamespaceAndSharedMemoryOfAnother() throws {
    let plan = try self.plan { $0.ipc = .of(.container("db")) }
    #expect(!plan.namespaces.contains(.ipc))
    #expect(plan.joinSlots.map { plan.slots[$0] } == [.ipc])
    let slot = try #require(plan.slots.firstIndex(of: .sharedMemory))
    #expect(
      plan.steps.contains(
        .bind(
          source: .elsewhere(namespace: slot, path: "/dev/shm"), target: "/dev/shm", isRecursive: false,
          attributes: [.noSuid, .noDev, .noExec], propagation: .isPrivate)))
    #expect(throws: SetupError.self) {
      try self.plan {
        $0.ipc = .of(.container("db"))
        $0.sysctls = ["kernel.shmmax": "1"]
      }
    }
  }

  @Test func aMountOfItsOwnGoesBeforeSharedMemory() throws {
    let plan = try containerPlan(
      inputs {
        $0.spec.options.ipc = .of(.service("db"))
        $0.spec.options.mounts = [Mount(source: .volume("shm"), target: "/dev/shm")]
        $0.volumes = ["/dev/shm": "/volumes/shm"]
      })
    #expect(!plan.slots.contains(.sharedMemory))
    #expect(plan.steps.map(\.description).contains("rbind /volumes/shm /dev/shm isPrivate"))
  }

  @Test func ipcModes() throws {
    func places(_ mode: IPCMode?) throws -> [String] {
      try plan { $0.ipc = mode }.runtimeSpec.mounts.filter { $0.destination == "/dev/shm" }.compactMap(\.type)
    }
    #expect(try places(nil) == ["tmpfs"])
    #expect(try places(.shareable) == ["tmpfs"])
    #expect(try places(IPCMode.none) == [])
    #expect(try plan { $0.ipc = IPCMode.none }.namespaces.contains(.ipc))
  }

  @Test func theHostsCgroups() throws {
    #expect(try plan { _ in }.steps.contains(.unshareCgroup))
    let host = try plan { $0.usesHostCgroup = true }
    #expect(!host.steps.contains(.unshareCgroup))
    #expect(!host.runtimeSpec.linux.namespaces.contains(RuntimeSpec.Namespace(type: "cgroup")))
  }

  @Test func pathsThatAreNotHidden() throws {
    let plan = try self.plan { $0.unmasksPaths = true }
    #expect(plan.runtimeSpec.linux.maskedPaths == nil)
    #expect(plan.runtimeSpec.linux.readonlyPaths == nil)
    #expect(!plan.steps.contains { if case .mask = $0 { true } else if case .protect = $0 { true } else { false } })
    // No more than that.
    #expect(plan.capabilities == DefaultCapabilities.docker.set)
    #expect(plan.slots.contains(.seccomp))
  }

  @Test(
    arguments: [
      (nil, true, ["rbind /h /t ro isPrivate"]), (.enabled, true, ["rbind /h /t ro isPrivate"]),
      (.readonly, true, ["rbind /h /t ro isPrivate"]),
      (.disabled, true, ["bind /h /t ro isPrivate"]), (.writable, true, ["rbind /h /t isPrivate", "remount /t ro"]),
      (.disabled, false, ["bind /h /t isPrivate"]),
    ] as [(Mount.Recursion?, Bool, [String])])
  func recursion(_ recursion: Mount.Recursion?, isReadOnly: Bool, steps: [String]) throws {
    let plan = try self.plan {
      $0.mounts = [
        Mount(
          source: .bind(path: "/h", createsHostPath: false, propagation: nil), target: "/t", isReadOnly: isReadOnly, recursion: recursion)
      ]
    }
    let found = plan.steps.map(\.description).filter { $0.contains(" /t") }
    #expect(found == steps)
  }

  @Test func whatBelowABindIsOnlyMattersWhenItIsReadOnly() {
    #expect(throws: SetupError.self) {
      try plan {
        $0.mounts = [Mount(source: .bind(path: "/h", createsHostPath: false, propagation: nil), target: "/t", recursion: .readonly)]
      }
    }
  }

  @Test func imagesAreMountedByDescriptor() throws {
    let plan = try self.plan { $0.mounts = [Mount(source: .image("nginx"), target: "/www", isReadOnly: true, subpath: "usr/share")] }
    let slot = try #require(plan.slots.firstIndex(of: .image(target: "/www")))
    #expect(
      plan.steps.contains(.bind(source: .slot(slot), target: "/www", isRecursive: false, attributes: .readOnly, propagation: .isPrivate)))
  }

  @Test func deviceRules() throws {
    func added(_ rule: DeviceCgroupRule) throws -> [DeviceRule] {
      let plan = try self.plan { $0.deviceRules = [rule] }
      return Array(plan.limits.devices.dropFirst(try self.plan { _ in }.limits.devices.count))
    }
    #expect(
      try added(DeviceCgroupRule(kind: .character, major: 188, minor: nil, permissions: "rw")) == [
        DeviceRule(allows: true, kind: .character, major: 188, access: [.read, .write])
      ])
    // The kernel's "a 1:2 r" would be everything.
    #expect(
      try added(DeviceCgroupRule(kind: .all, major: 1, minor: 2, permissions: "r")) == [
        DeviceRule(allows: true, kind: .character, major: 1, minor: 2, access: .read),
        DeviceRule(allows: true, kind: .block, major: 1, minor: 2, access: .read),
      ])
    #expect(throws: SetupError.self) { try added(DeviceCgroupRule(kind: .all, major: nil, minor: nil, permissions: "x")) }
  }
}

@Suite struct MoreLimitsTests {
  private func limits(_ change: @escaping (inout Resources) -> Void) throws -> ResourceLimits {
    try containerPlan(
      inputs {
        change(&$0.spec.options.resources)
        $0.host.deviceLookup = { [DeviceNode(path: $0, isBlock: $0 != "/dev/tty", major: 8, minor: 16, mode: 0o660, uid: 0, gid: 6)] }
      }
    ).limits
  }

  @Test func quotaAsItIsWritten() throws {
    let limits = try self.limits {
      $0.cpuQuota = 33_333
      $0.cpuPeriod = 70_000
    }
    #expect(limits.cpuQuota == 33_333 && limits.cpuPeriod == 70_000)
    #expect(throws: SetupError.self) {
      try self.limits {
        $0.nanocores = 500_000_000
        $0.cpuQuota = 50_000
      }
    }
    #expect(throws: SetupError("cpu_quota: 500 microseconds is too little", hint: "the least is 1000")) {
      try self.limits { $0.cpuQuota = 500 }
    }
    #expect(throws: SetupError.self) { try self.limits { $0.cpuPeriod = 500 } }
  }

  @Test func reservedCoresAreAWeight() throws {
    #expect(try limits { $0.reservedNanocores = 500_000_000 }.cpuShares == 512)
    #expect(
      try limits {
        $0.reservedNanocores = 500_000_000
        $0.cpuShares = 100
      }.cpuShares == 100)
    #expect(try limits { $0.reservedNanocores = 1 }.cpuShares == 2)
  }

  @Test func blockDevices() throws {
    let limits = try self.limits {
      var block = BlockIO()
      block.weight = 100
      block.deviceWeights = [BlockIO.Weight(path: "/dev/sdb", weight: 200)]
      block.readBytes = [BlockIO.Limit(path: "/dev/sdb", rate: 1024), BlockIO.Limit(path: "/dev/sdc", rate: 0)]
      block.writeOperations = [BlockIO.Limit(path: "/dev/sdb", rate: 7)]
      $0.blockIO = block
    }
    #expect(limits.block.weight == 100)
    #expect(limits.block.deviceWeights == [.init(major: 8, minor: 16, value: 200)])
    #expect(limits.block.limits[.readBytes] == [.init(major: 8, minor: 16, value: 1024)])
    #expect(limits.block.limits[.writeOperations] == [.init(major: 8, minor: 16, value: 7)])
    let error = #expect(throws: SetupError.self) {
      try self.limits {
        $0.blockIO = BlockIO()
        $0.blockIO?.readBytes = [BlockIO.Limit(path: "/dev/tty", rate: 1)]
      }
    }
    #expect(error?.message == "blkio_config.device_read_bps: /dev/tty is not a block device")
  }

  @Test func theRest() throws {
    let limits = try self.limits {
      $0.swappiness = 5
      $0.disablesOOMKiller = true
      $0.realtimePeriod = 1_000_000
      $0.realtimeRuntime = 400_000
    }
    #expect(limits.swappiness == 5 && limits.disablesOOMKiller)
    #expect(limits.realtimePeriod == 1_000_000 && limits.realtimeRuntime == 400_000)
  }

  @Test func whatAnEngineWithoutTheCapabilityCannotGive() throws {
    func plan(_ capabilities: CapabilitySet) throws -> ContainerPlan {
      try containerPlan(
        inputs {
          $0.host.capabilities = capabilities
          $0.host.hardLimit = { $0 == 7 ? 1000 : .max }
          $0.host.oomScore = 0
          $0.spec.options.ulimits = ["nofile": Ulimit(soft: 2000, hard: 4000), "nproc": Ulimit(soft: 5, hard: 6)]
          $0.spec.options.oomScoreAdjust = -500
        })
    }
    let able = try plan(.known)
    #expect(able.warnings == [])
    #expect(able.steps.contains(.resourceLimit(resource: 7, soft: 2000, hard: 4000)))
    let unable = try plan(.known.subtracting(CapabilitySet(names: ["CAP_SYS_RESOURCE"])))
    #expect(unable.steps.contains(.resourceLimit(resource: 7, soft: 1000, hard: 1000)))
    #expect(unable.steps.contains(.resourceLimit(resource: 6, soft: 5, hard: 6)))
    #expect(unable.steps.contains(.oomScoreAdjust(0)))
    #expect(unable.warnings.count == 2)
  }
}
