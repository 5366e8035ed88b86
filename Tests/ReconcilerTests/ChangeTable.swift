import OCI
import StackModel
import Testing

@testable import Reconciler

/// Testing has another one.
private typealias Attachment = StackModel.Attachment

/// A change of one key of the service `web`, and what the plan of `up` prints for it.
struct ChangeRow: Sendable, CustomTestStringConvertible {
  typealias Edit = @Sendable (inout Service) -> Void
  var key: String
  var name: String
  var old: Edit
  var new: Edit
  var comesTo: ChangeClass
  /// The fields that differ, as they are printed.
  var change: String
  var testDescription: String { name.isEmpty ? key : "\(key): \(name)" }

  init(_ key: String, _ name: String, _ comesTo: ChangeClass, _ change: String = "", old: @escaping Edit = { _ in }, new: @escaping Edit) {
    (self.key, self.name, self.comesTo, self.change, self.old, self.new) = (key, name, comesTo, change, old, new)
  }

  init(_ key: String, _ comesTo: ChangeClass, _ change: String, old: @escaping Edit = { _ in }, new: @escaping Edit) {
    self.init(key, "", comesTo, change, old: old, new: new)
  }

  /// One of the options' fields, given, changed and taken away: three rows.
  static func field<Value: Sendable>(
    _ key: String, _ path: any WritableKeyPath<ContainerOptions, Value?> & Sendable, _ first: Value, _ second: Value,
    _ texts: (String, String),
    _ comesTo: ChangeClass, field: String? = nil, removed: ChangeClass? = nil
  ) -> [ChangeRow] {
    let name = field ?? key
    return [
      ChangeRow(key, "given", comesTo, "\(name): added \(texts.0)") { $0.options[keyPath: path] = first },
      ChangeRow(
        key, "changed", comesTo, "\(name): \(texts.0) → \(texts.1)", old: { $0.options[keyPath: path] = first },
        new: { $0.options[keyPath: path] = second }),
      ChangeRow(
        key, "taken away", removed ?? comesTo, "\(name): removed \(texts.0)", old: { $0.options[keyPath: path] = first },
        new: { $0.options[keyPath: path] = nil }),
    ]
  }

  /// One of the options' fields that always has a value.
  static func field<Value: Sendable>(
    _ key: String, _ path: any WritableKeyPath<ContainerOptions, Value> & Sendable, _ value: Value, _ text: String, _ comesTo: ChangeClass,
    field: String? = nil
  ) -> ChangeRow {
    ChangeRow(key, field ?? "", comesTo, "\(field ?? key): \(text)") { $0.options[keyPath: path] = value }
  }

  /// A key that containers do not have.
  static func without(_ key: String, _ name: String = "", _ edit: @escaping Edit) -> ChangeRow {
    ChangeRow(key, name, .none, "", new: edit)
  }

  /// A request that nothing carries out.
  static func request(_ key: String, _ edit: @escaping @Sendable (inout ServiceRequests) -> Void) -> ChangeRow {
    .without(key) { service in
      var requests = ServiceRequests()
      edit(&requests)
      service.requests = requests
    }
  }
}

extension ChangeRow {
  static let all: [ChangeRow] = process + networks + storage + limits + confinement + withoutContainers

  private static let process: [ChangeRow] =
    field("entrypoint", \.entrypoint, ["/a"], ["/b"], ("[/a]", "[/b]"), .recreate)
    + field("command", \.command, ["a"], ["b", "c"], ("[a]", "[b, c]"), .recreate)
    + field("working_dir", \.workingDirectory, "/a", "/b", ("/a", "/b"), .recreate)
    + field("user", \.user, "a", "b", ("a", "b"), .recreate)
    + field("stop_signal", \.stopSignal, "SIGINT", "SIGUSR1", ("SIGINT", "SIGUSR1"), .inPlace) + [
      ChangeRow("environment", "given", .recreate, "environment.A: added 1") { $0.options.environment["A"] = "1" },
      ChangeRow(
        "environment", "changed", .recreate, "environment.A: 1 → 2", old: { $0.options.environment["A"] = "1" },
        new: { $0.options.environment["A"] = "2" }),
      ChangeRow(
        "environment", "that is secret", .recreate, "environment.API_TOKEN: changed", old: { $0.options.environment["API_TOKEN"] = "1" },
        new: { $0.options.environment["API_TOKEN"] = "2" }),
      ChangeRow(
        "env_file", "", .recreate, "environment.FROM_FILE: removed 1", old: { $0.options.environment["FROM_FILE"] = "1" }, new: { _ in }),
      field("group_add", \.groups, ["adm"], "[] → [adm]", .recreate), field("tty", \.hasTerminal, true, "false → true", .recreate),
      field("stdin_open", \.isInteractive, true, "false → true", .recreate), field("init", \.usesInit, true, "false → true", .recreate),
      field("stop_grace_period", \.stopGracePeriod, .seconds(90), "10s → 1m30s", .inPlace),
      field("restart", \.restart, .always, "no → always", .inPlace),
      ChangeRow(
        "restart", "less often", .inPlace, "restart: on-failure → on-failure:3", old: { $0.options.restart = .onFailure(maximum: nil) },
        new: { $0.options.restart = .onFailure(maximum: 3) }),
      ChangeRow("deploy", "restart_policy.delay", .inPlace, "deploy.restart_policy.delay: added 5s") {
        $0.options.restartLimits = RestartLimits(delay: .seconds(5))
      },
      ChangeRow(
        "deploy", "restart_policy", .inPlace, "deploy.restart_policy.max_attempts: 3 → 4, deploy.restart_policy.window: removed 1m",
        old: { $0.options.restartLimits = RestartLimits(maximum: 3, window: .seconds(60)) },
        new: { $0.options.restartLimits = RestartLimits(maximum: 4) }),
      ChangeRow("healthcheck", "given", .inPlace, "healthcheck: added [CMD, true]") {
        $0.options.healthcheck = Healthcheck(test: ["CMD", "true"])
      },
      ChangeRow(
        "healthcheck", "taken away", .inPlace, "healthcheck: removed [the image's]",
        old: { $0.options.healthcheck = Healthcheck(retries: 3) },
        new: { $0.options.healthcheck = nil }),
      ChangeRow(
        "healthcheck", "changed", .inPlace,
        "healthcheck.test: [CMD, a] → [CMD, b], healthcheck.interval: 30s → 5s, healthcheck.retries: added 9",
        old: { $0.options.healthcheck = Healthcheck(test: ["CMD", "a"], interval: .seconds(30)) },
        new: { $0.options.healthcheck = Healthcheck(test: ["CMD", "b"], interval: .seconds(5), retries: 9) }),
      ChangeRow(
        "healthcheck", "times", .inPlace,
        "healthcheck.timeout: added 1s, healthcheck.start_period: added 2s, healthcheck.start_interval: added 3s",
        old: { $0.options.healthcheck = Healthcheck() },
        new: { $0.options.healthcheck = Healthcheck(timeout: .seconds(1), startPeriod: .seconds(2), startInterval: .seconds(3)) }),
      ChangeRow("pre_start", .recreate, "pre_start: [] → [migrate]") {
        $0.options.hooks = LifecycleHooks(beforeStart: [InitStep(command: ["migrate"])])
      },
      ChangeRow("post_start", .recreate, "post_start: [] → [warm]") {
        $0.options.hooks = LifecycleHooks(afterStart: [Hook(command: ["warm"])])
      },
      ChangeRow("pre_stop", .inPlace, "pre_stop: [] → [drain]") {
        $0.options.hooks = LifecycleHooks(beforeStop: [Hook(command: ["drain"])])
      },
      ChangeRow("labels", "given", .inPlace, "labels.a: added 1") { $0.options.labels["a"] = "1" },
      ChangeRow(
        "labels", "changed and taken away", .inPlace, "labels.a: 1 → 2, labels.b: removed 1",
        old: { $0.options.labels = ["a": "1", "b": "1"] }, new: { $0.options.labels = ["a": "2"] }),
      ChangeRow("label_file", .inPlace, "labels.from-file: added 1") { $0.options.labels["from-file"] = "1" },
      ChangeRow("annotations", .inPlace, "annotations.a: added 1") { $0.options.annotations["a"] = "1" },
      ChangeRow("image", .recreate, "image: web:1 → web:2") { $0.image = "web:2" },
      ChangeRow("logging", "driver", .recreate, "logging.driver: json-file → none") { $0.options.logging.driver = .none },
      ChangeRow("logging", "options", .recreate, "logging.options.max-size: 20m → 1m, logging.options.max-file: 5 → 2") {
        $0.options.logging = Logging(maxSize: 1_048_576, maxFiles: 2, options: ["max-size": "1m", "max-file": "2"])
      },
      ChangeRow(
        "logging", "further options", .recreate, "logging.options.labels: added app, logging.options.tag: a → b",
        old: { $0.options.logging.options = ["tag": "a"] }, new: { $0.options.logging.options = ["tag": "b", "labels": "app"] }),
    ]

  private static func attached(_ attachments: Attachment...) -> Edit { { $0.options.network = .bridges(attachments) } }
  private static let home = Attachment(network: "shop_default")
  private static func homeWith(_ edit: (inout Attachment) -> Void) -> Attachment {
    var attachment = home
    edit(&attachment)
    return attachment
  }

  private static let networks: [ChangeRow] =
    field("hostname", \.hostname, "a", "b", ("a", "b"), .recreate) + field("domainname", \.domainname, "a", "b", ("a", "b"), .recreate) + [
      ChangeRow(
        "networks", "connected", .inPlace, "networks.shop_back: added attached", new: attached(home, Attachment(network: "shop_back"))),
      ChangeRow(
        "networks", "disconnected", .inPlace, "networks.shop_back: removed attached", old: attached(home, Attachment(network: "shop_back")),
        new: attached(home)),
      ChangeRow(
        "networks", "another", .inPlace, "networks.shop_back: added attached, networks.shop_default: removed attached",
        new: attached(Attachment(network: "shop_back"))),
      ChangeRow("networks", "none", .inPlace, "networks.shop_default: removed attached", new: attached()),
      ChangeRow(
        "networks", "aliases", .inPlace, "networks.shop_default: attached → aliases [api]", new: attached(homeWith { $0.aliases = ["api"] })
      ),
      ChangeRow(
        "networks", "ipv4_address", .inPlace, "networks.shop_default: attached → address 10.0.0.9",
        new: attached(homeWith { $0.address = "10.0.0.9" })),
      ChangeRow(
        "networks", "priority", .inPlace, "networks.shop_default: attached → priority 9", new: attached(homeWith { $0.priority = 9 })),
      ChangeRow(
        "networks", "gw_priority", .inPlace, "networks.shop_default: attached → gw_priority 9",
        new: attached(homeWith { $0.gatewayPriority = 9 })),
      ChangeRow(
        "networks", "interface_name", .inPlace, "networks.shop_default: attached → interface lan0",
        new: attached(homeWith { $0.interfaceName = "lan0" })),
      ChangeRow(
        "networks", "link_local_ips", .inPlace, "networks.shop_default: attached → link-local [169.254.1.1]",
        new: attached(homeWith { $0.linkLocalAddresses = ["169.254.1.1"] })),
      ChangeRow(
        "networks", "driver_opts", .inPlace, "networks.shop_default: attached → net.ipv4.conf.IFNAME.forwarding=1",
        new: attached(homeWith { $0.sysctls = ["net.ipv4.conf.IFNAME.forwarding": "1"] })),
      ChangeRow(
        "mac_address", .inPlace, "networks.shop_default: attached → mac 02:00:00:00:00:01",
        new: attached(homeWith { $0.mac = "02:00:00:00:00:01" })),
      ChangeRow("network_mode", "host", .recreate, "network_mode: [shop_default] → host") { $0.options.network = .host },
      ChangeRow(
        "network_mode", "no more", .recreate, "network_mode: none → [shop_default]", old: { $0.options.network = .none }, new: { _ in }),
      ChangeRow("ports", "added", .inPlace, "ports: [] → [8080:80/tcp]") { $0.options.ports = [PortMapping(published: 8080, target: 80)] },
      ChangeRow(
        "ports", "changed", .inPlace, "ports: [8080:80/tcp] → [127.0.0.1:8081:80/tcp]",
        old: { $0.options.ports = [PortMapping(published: 8080, target: 80)] },
        new: { $0.options.ports = [PortMapping(hostAddress: "127.0.0.1", published: 8081, target: 80)] }),
      ChangeRow(
        "ports", "removed", .inPlace, "ports: [53/udp] → []",
        old: { $0.options.ports = [PortMapping(published: nil, target: 53, transport: .udp)] },
        new: { $0.options.ports = [] }),
      field("expose", \.exposedPorts, ["80"], "[] → [80]", .inPlace), field("dns", \.dns, ["1.1.1.1"], "[] → [1.1.1.1]", .recreate),
      field("dns_search", \.dnsSearch, ["lan"], "[] → [lan]", .recreate),
      field("dns_opt", \.dnsOptions, ["rotate"], "[] → [rotate]", .recreate),
      field("extra_hosts", \.extraHosts, [ExtraHost(name: "a", address: "10.0.0.1")], "[] → [a=10.0.0.1]", .recreate),
      field("links", \.links, [Link(service: "db", alias: "d")], "[] → [db:d]", .recreate),
      field(
        "external_links", \.externalLinks, [ExternalLink(container: "other", alias: "o")], "[] → [other:o]", .recreate),
    ]

  private static func bind(_ fingerprint: String?) -> Mount {
    var mount = Mount(source: .bind(path: "/a", createsHostPath: true, propagation: nil), target: "/x", isReadOnly: true)
    mount.fingerprint = fingerprint
    return mount
  }

  private static let storage: [ChangeRow] =
    field("shm_size", \.shmSize, 1_048_576, 2_097_152, ("1m", "2m"), .recreate)
    + field("storage_opt", \.rootSize, 1_073_741_824, 2_147_483_648, ("1g", "2g"), .recreate, field: "storage_opt.size") + [
      ChangeRow("volumes", "added", .recreate, "volumes./data: added shop_data") {
        $0.options.mounts = [Mount(source: .volume("shop_data"), target: "/data")]
      },
      ChangeRow(
        "volumes", "read-only", .recreate, "volumes./data: shop_data → shop_data:ro",
        old: { $0.options.mounts = [Mount(source: .volume("shop_data"), target: "/data")] },
        new: { $0.options.mounts = [Mount(source: .volume("shop_data"), target: "/data", isReadOnly: true)] }),
      ChangeRow(
        "volumes", "what is in a file", .recreate, "volumes./x: changed",
        old: { $0.options.mounts = [bind("1")] }, new: { $0.options.mounts = [bind("2")] }),
      ChangeRow(
        "volumes", "a file that nothing was known of", .none, "", old: { $0.options.mounts = [bind(nil)] },
        new: { $0.options.mounts = [bind("2")] }),
      ChangeRow(
        "volumes", "another directory", .recreate, "volumes./x: /a → /b",
        old: { $0.options.mounts = [Mount(source: .bind(path: "/a", createsHostPath: true, propagation: nil), target: "/x")] },
        new: { $0.options.mounts = [Mount(source: .bind(path: "/b", createsHostPath: true, propagation: nil), target: "/x")] }),
      ChangeRow("tmpfs", .recreate, "volumes./tmp: added tmpfs,size=1m") {
        $0.options.mounts = [Mount(source: .tmpfs(size: 1_048_576, mode: nil, uid: nil, gid: nil), target: "/tmp")]
      },
      field("read_only", \.isReadOnly, true, "false → true", .recreate),
      ChangeRow("volumes_from", .recreate, "volumes_from: added [service:db:ro]") {
        $0.options.volumesFrom = [VolumesFrom(source: .service("db"), isReadOnly: true)]
      },
      ChangeRow("secrets", "added", .recreate, "secrets.key: added (sensitive)") {
        $0.options.secrets = [FileGrant(source: "key", target: "/run/secrets/key", fingerprint: "1")]
      },
      ChangeRow(
        "secrets", "contents", .recreate, "secrets.key: changed",
        old: { $0.options.secrets = [FileGrant(source: "key", target: "/run/secrets/key", fingerprint: "1")] },
        new: { $0.options.secrets = [FileGrant(source: "key", target: "/run/secrets/key", fingerprint: "2")] }),
      ChangeRow(
        "secrets", "mode", .recreate, "secrets.key: /run/secrets/key → /run/secrets/key,uid=5,mode=0400",
        old: { $0.options.secrets = [FileGrant(source: "key", target: "/run/secrets/key", fingerprint: "1")] },
        new: { $0.options.secrets = [FileGrant(source: "key", target: "/run/secrets/key", uid: "5", mode: 0o400, fingerprint: "1")] }),
      ChangeRow(
        "configs", "contents", .recreate, "configs.site: changed",
        old: { $0.options.configs = [FileGrant(source: "site", target: "/site", fingerprint: "1")] },
        new: { $0.options.configs = [FileGrant(source: "site", target: "/site", fingerprint: "2")] }),
      ChangeRow(
        "configs", "target", .recreate, "configs.site: /site → /other",
        old: { $0.options.configs = [FileGrant(source: "site", target: "/site", fingerprint: "1")] },
        new: { $0.options.configs = [FileGrant(source: "site", target: "/other", fingerprint: "1")] }),
      ChangeRow("x-muster", .inPlace, "x-muster.on_secret_change: added restart") { $0.options.onSecretChange = .restart },
      ChangeRow(
        "x-muster", "update", .inPlace, "x-muster.update: notify every 24h → auto every 6h", old: { $0.options.imageUpdates = ImageUpdates(.notify) },
        new: { $0.options.imageUpdates = ImageUpdates(.auto, every: .seconds(21_600)) }),
    ]

  private static let limits: [ChangeRow] =
    field("cpus", \.resources.nanocores, 500_000_000, 2_000_000_000, ("0.5", "2.0"), .inPlace)
    + field("cpu_quota", \.resources.cpuQuota, 50_000, 60_000, ("50000", "60000"), .inPlace)
    + field("cpu_period", \.resources.cpuPeriod, 100_000, 50_000, ("100000", "50000"), .inPlace)
    + field("cpu_shares", \.resources.cpuShares, 512, 2048, ("512", "2048"), .inPlace)
    + field("cpu_rt_runtime", \.resources.realtimeRuntime, 9000, 8000, ("9000us", "8000us"), .recreate)
    + field("cpu_rt_period", \.resources.realtimePeriod, 90_000, 80_000, ("90000us", "80000us"), .recreate)
    + field("cpuset", \.resources.cpuset, "0", "0,1", ("0", "0,1"), .inPlace, removed: .recreate)
    + field("mem_limit", \.resources.memory, 67_108_864, 134_217_728, ("64m", "128m"), .inPlace)
    + field("mem_reservation", \.resources.memoryReservation, 67_108_864, 134_217_728, ("64m", "128m"), .inPlace)
    + field("memswap_limit", \.resources.memorySwap, 67_108_864, -1, ("64m", "-1"), .inPlace)
    + field("mem_swappiness", \.resources.swappiness, 10, 20, ("10", "20"), .inPlace, removed: .recreate)
    + field("oom_kill_disable", \.resources.disablesOOMKiller, true, false, ("true", "false"), .recreate)
    + field("pids_limit", \.resources.pids, 100, 200, ("100", "200"), .inPlace)
    + field(
      "deploy", \.resources.reservedNanocores, 500_000_000, 1_000_000_000, ("0.5", "1.0"), .inPlace,
      field: "deploy.resources.reservations.cpus") + [
      ChangeRow("blkio_config", "weight", .inPlace, "blkio_config.weight: added 300") {
        $0.options.resources.blockIO = blockIO { $0.weight = 300 }
      },
      ChangeRow(
        "blkio_config", "changed", .inPlace, "blkio_config.weight: 300 → 400, blkio_config.device_write_bps./dev/sda: 1000 → 2000",
        old: {
          $0.options.resources.blockIO = blockIO {
            $0.weight = 300
            $0.writeBytes = [.init(path: "/dev/sda", rate: 1000)]
          }
        },
        new: {
          $0.options.resources.blockIO = blockIO {
            $0.weight = 400
            $0.writeBytes = [.init(path: "/dev/sda", rate: 2000)]
          }
        }),
      ChangeRow(
        "blkio_config", "a device less", .recreate, "blkio_config.device_read_iops./dev/sda: removed 10",
        old: { $0.options.resources.blockIO = blockIO { $0.readOperations = [.init(path: "/dev/sda", rate: 10)] } }, new: { _ in }),
      ChangeRow("ulimits", .recreate, "ulimits.nofile: added 1024:2048") { $0.options.ulimits["nofile"] = Ulimit(soft: 1024, hard: 2048) },
      ChangeRow("sysctls", .recreate, "sysctls.net.core.somaxconn: added 1024") { $0.options.sysctls["net.core.somaxconn"] = "1024" },
    ]

  private static func blockIO(_ edit: (inout BlockIO) -> Void) -> BlockIO {
    var block = BlockIO()
    edit(&block)
    return block
  }

  private static let confinement: [ChangeRow] =
    field("oom_score_adj", \.oomScoreAdjust, 100, -100, ("100", "-100"), .recreate) + [
      field("cap_add", \.capAdd, ["NET_ADMIN"], "[] → [NET_ADMIN]", .recreate),
      field("cap_drop", \.capDrop, ["ALL"], "[] → [ALL]", .recreate),
      field("privileged", \.isPrivileged, true, "false → true", .recreate),
      ChangeRow("security_opt", "no-new-privileges", .recreate, "security_opt.no-new-privileges: false → true") {
        $0.options.noNewPrivileges = true
      },
      ChangeRow("security_opt", "seccomp", .recreate, "security_opt.seccomp: default → unconfined") { $0.options.seccomp = .unconfined },
      ChangeRow("security_opt", "systempaths", .recreate, "security_opt.systempaths: added unconfined") { $0.options.unmasksPaths = true },
      ChangeRow("device_cgroup_rules", .recreate, "device_cgroup_rules: added [c 1:* r]") {
        $0.options.deviceRules = [DeviceCgroupRule(kind: .character, major: 1, minor: nil, permissions: "r")]
      },
      field("devices", \.devices, [DeviceMapping(source: "/dev/a", target: "/dev/b")], "[] → [/dev/a:/dev/b:rwm]", .recreate),
      ChangeRow("pid", "host", .recreate, "pid: private → host") { $0.options.usesHostPID = true },
      ChangeRow("pid", "a service's", .recreate, "pid: private → service:db") { $0.options.pidOwner = .service("db") },
      ChangeRow("ipc", "host", .recreate, "ipc: private → host") { $0.options.usesHostIPC = true },
      ChangeRow("ipc", "shareable", .recreate, "ipc: private → shareable") { $0.options.ipc = .shareable },
      ChangeRow("uts", .recreate, "uts: private → host") { $0.options.usesHostUTS = true },
      ChangeRow("cgroup", .recreate, "cgroup: added host") { $0.options.usesHostCgroup = true },
    ]

  private static let withoutContainers: [ChangeRow] = [
    without("attach") { $0.isAttached = false }, without("build") { $0.build = BuildSpec(context: "/other") },
    without("depends_on") { $0.dependsOn["db"] = Dependency(condition: .healthy) }, without("profiles") { $0.profiles = ["debug"] },
    without("pull_policy") { $0.pullPolicy = .never },
    without("extends", "what it comes from is not remembered") { $0.origin = nil },
    request("platform") { $0.platform = "linux/arm64" }, request("runtime") { $0.runtime = "crun" },
    request("isolation") { $0.isolation = "hyperv" },
    request("use_api_socket") { $0.usesAPISocket = true }, request("credential_spec") { $0.credentialSpec = .file("/spec") },
    request("provider") { $0.provider = Provider(type: "model") },
    request("develop") { $0.watch = [WatchRule(path: "/src", action: .rebuild)] }, request("models") { $0.models = ["m": ModelGrant()] },
    request("cgroup_parent") { $0.cgroupParent = "/x" }, request("gpus") { $0.gpus = [DeviceRequest(capabilities: ["gpu"])] },
    request("cpu_count") {
      $0.cpu = CPURequests()
      $0.cpu?.count = 2
    },
    request("cpu_percent") {
      $0.cpu = CPURequests()
      $0.cpu?.percent = 50
    },
  ]
}
