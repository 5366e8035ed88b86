import StackModel
import Testing

@testable import StackLoader

/// Sizes, `ulimits`, `sysctls`, `gpus`, `device_cgroup_rules`, `blkio_config`, processor limits.
@Suite struct ShortSyntaxResources {
  static let sizes: [ShortForm<ByteCount?>] = [
    .init("2b", 2), .init("1024kb", 1_048_576), .init("2048k", 2_097_152), .init("300m", 314_572_800), .init("1gb", 1_073_741_824),
    .init("1", 1),
    .init("1KB", 1024), .init("1kib", 1024), .init("1gib", 1_073_741_824), .init("1.5g", 1_610_612_736), .init("64 MB", 67_108_864),
    .init("1t", 1_099_511_627_776), .init("0x10", 16), .init("\"1073741824\"", 1_073_741_824),
    .init("9223372036854775807", 9_223_372_036_854_775_807),
    .init("-1", nil), .init("\"-1\"", refused: "is not a size"), .init("1  k", refused: "is not a size"),
    .init("\"0x10\"", refused: "is not a size"),
    .init("\"1,000\"", refused: "is not a size"), .init(".5g", refused: "is not a size"), .init("1q", refused: "is not a size"),
    .init("\"\"", refused: "is not a size"),
  ]
  @Test(arguments: sizes) func readsSizes(_ form: ShortForm<ByteCount?>) { form.check("shm_size", \.options.shmSize) }

  static let ulimits: [ShortForm<[String: Ulimit]>] = [
    .init(
      "{nproc: 65535, nofile: {soft: 20000, hard: 40000}}",
      ["nproc": Ulimit(soft: 65535, hard: 65535), "nofile": Ulimit(soft: 20000, hard: 40000)]),
    .init("{nofile: \"1024\"}", ["nofile": Ulimit(soft: 1024, hard: 1024)]),
    .init("{memlock: -1}", ["memlock": Ulimit(soft: -1, hard: -1)]),
    .init("{nofile: {soft: \"1\", hard: \"2\"}}", ["nofile": Ulimit(soft: 1, hard: 2)]),
    .init("{nofile: {soft: 2, hard: 1}}", refused: "the soft limit is above the hard one"),
    .init("{nofile: {soft: 1}}", refused: "the key \"hard\" is missing"),
    .init("{nofile: unlimited}", refused: "nofile must be a whole number"), .init("{nofiles: 1}", refused: "did you mean \"nofile\"?"),
  ]
  @Test(arguments: ulimits) func readsUlimits(_ form: ShortForm<[String: Ulimit]>) { form.check("ulimits", \.options.ulimits) }

  static let sysctls: [ShortForm<[String: String]>] = [
    .init("{net.core.somaxconn: 1024, net.ipv4.tcp_syncookies: 0}", ["net.core.somaxconn": "1024", "net.ipv4.tcp_syncookies": "0"]),
    .init("[net.core.somaxconn=1024]", ["net.core.somaxconn": "1024"]),
  ]
  @Test(arguments: sysctls) func readsSysctls(_ form: ShortForm<[String: String]>) { form.check("sysctls", \.options.sysctls) }

  private static func gpu(_ amount: DeviceRequest.Amount = .all, driver: String? = nil, can: [String] = ["gpu"]) -> DeviceRequest {
    DeviceRequest(capabilities: can, driver: driver, amount: amount)
  }
  static let gpus: [ShortForm<[DeviceRequest]?>] = [
    .init("all", [gpu()]), .init("[{}]", [gpu()]), .init("[{count: all}]", [gpu()]), .init("[{count: -1}]", [gpu()]),
    .init("[{count: 2}]", [gpu(.count(2))]),
    .init("[{driver: 3dfx, count: \"2\"}]", [gpu(.count(2), driver: "3dfx")]),
    .init("[{driver: nvidia, device_ids: [a, b]}]", [gpu(.named(["a", "b"]), driver: "nvidia")]),
    .init("[{capabilities: [gpu, compute]}]", [gpu(can: ["gpu", "compute"])]),
    .init("[{count: 1, device_ids: [a]}]", refused: "there are both count and device_ids"),
    .init("[{count: x}]", refused: "count \"x\" is not a number of devices"),
    .init("none", refused: "gpus \"none\" is not known"),
  ]
  @Test(arguments: gpus) func readsGpus(_ form: ShortForm<[DeviceRequest]?>) { form.check("gpus") { $0.requests?.gpus } }

  static let rules: [ShortForm<[DeviceCgroupRule]?>] = [
    .init("[\"c 1:3 mr\"]", [DeviceCgroupRule(kind: .character, major: 1, minor: 3, permissions: "mr")]),
    .init("[\"a 7:* rmw\"]", [DeviceCgroupRule(kind: .all, major: 7, minor: nil, permissions: "rmw")]),
    .init("[\"b *:* r\"]", [DeviceCgroupRule(kind: .block, major: nil, minor: nil, permissions: "r")]),
    .init("[x]", refused: "device_cgroup_rules \"x\" is not understood"), .init("[\"c 1:3\"]", refused: "is not understood"),
    .init("[\"c 1:3 rx\"]", refused: "is not understood"),
  ]
  @Test(arguments: rules) func readsDeviceRules(_ form: ShortForm<[DeviceCgroupRule]?>) {
    form.check("device_cgroup_rules") { $0.options.deviceRules }
  }

  private static func blocks(_ edit: (inout BlockIO) -> Void) -> BlockIO {
    var block = BlockIO()
    edit(&block)
    return block
  }
  static let blockIO: [ShortForm<BlockIO?>] = [
    .init("{weight: 300}", blocks { $0.weight = 300 }), .init("{weight: \"300\"}", blocks { $0.weight = 300 }), .init("{weight: 0}", nil),
    .init("{weight_device: [{path: /dev/sda, weight: 400}]}", blocks { $0.deviceWeights = [.init(path: "/dev/sda", weight: 400)] }),
    .init("{device_read_bps: [{path: /dev/sdb, rate: 12mb}]}", blocks { $0.readBytes = [.init(path: "/dev/sdb", rate: 12_582_912)] }),
    .init("{device_write_bps: [{path: /dev/sdb, rate: 1024k}]}", blocks { $0.writeBytes = [.init(path: "/dev/sdb", rate: 1_048_576)] }),
    .init("{device_read_iops: [{path: /dev/sdb, rate: 120}]}", blocks { $0.readOperations = [.init(path: "/dev/sdb", rate: 120)] }),
    .init("{device_write_iops: [{path: /dev/sdb, rate: \"30\"}]}", blocks { $0.writeOperations = [.init(path: "/dev/sdb", rate: 30)] }),
    .init("{weight: 5}", refused: "weight \"5\" must be between 10 and 1000"),
    .init("{weight: 1001}", refused: "weight \"1001\" must be between 0 and 1000"),
    .init("{device_read_bps: [{path: sdb, rate: 1}]}", refused: "path \"sdb\" is not a device's file"),
    .init("{device_read_bps: [{path: /dev/sdb, rate: fast}]}", refused: "rate \"fast\" is not a size"),
  ]
  @Test(arguments: blockIO) func readsBlockIO(_ form: ShortForm<BlockIO?>) { form.check("blkio_config") { $0.options.resources.blockIO } }

  private static func cpu(_ edit: (inout CPURequests) -> Void) -> CPURequests {
    var cpu = CPURequests()
    edit(&cpu)
    return cpu
  }
  static let processors: [ShortForm<CPURequests?>] = [
    .init("cpu_count: 2", cpu { $0.count = 2 }), .init("cpu_percent: 50", cpu { $0.percent = 50 }),
  ]
  @Test(arguments: processors) func readsProcessorRequests(_ form: ShortForm<CPURequests?>) {
    let found = service(form.text)
    #expect(found.service?.requests?.cpu == form.value, "\(found.lines)")
  }

  static let realtime: [ShortForm<Int64?>] = [
    .init("400ms", 400_000), .init("\"95000\"", 95_000), .init("1400us", 1400), .init("11000", 11_000), .init("0", nil),
    .init("soon", refused: "cpu_rt_period \"soon\" is not a duration"),
  ]
  @Test(arguments: realtime) func readsRealTime(_ form: ShortForm<Int64?>) {
    form.check("cpu_rt_period", \.options.resources.realtimePeriod)
  }

  static let cores: [ShortForm<Int64?>] = [
    .init("0.5", 500_000_000), .init("\"0.5\"", 500_000_000), .init("2", 2_000_000_000), .init("0", nil),
    .init("half", refused: "is not a number of cores"),
    .init("-1", refused: "is not a number of cores"),
  ]
  @Test(arguments: cores) func readsCpus(_ form: ShortForm<Int64?>) { form.check("cpus", \.options.resources.nanocores) }

  static let storage: [ShortForm<ByteCount?>] = [
    .init("{size: 1G}", ByteCount(1 << 30)), .init("{size: 1}", ByteCount(1)), .init("{size: 0}", nil),
    .init("{size: big}", refused: "storage_opt.size \"big\" is not a size"),
    .init("{size: 1G, dm.basesize: 1G}", refused: "storage_opt.dm.basesize"),
  ]
  @Test(arguments: storage) func readsStorageOptions(_ form: ShortForm<ByteCount?>) {
    form.check("storage_opt") { $0.options.rootSize }
  }
}
