import Foundation
import Reconciler
import StackModel
import Testing

@Suite struct ChangesTests {
  private func changes(_ old: (inout ContainerSpec) -> Void = { _ in }, to new: (inout ContainerSpec) -> Void) -> [String] {
    var before = ContainerSpec(project: "p", service: "s", name: "p-s-1", image: "i")
    var after = before
    old(&before)
    new(&after)
    return before.changes(to: after).map(\.description)
  }

  @Test func equalSpecsHaveNone() {
    #expect(changes(to: { _ in }).isEmpty)
  }

  @Test func areNamedInTheFilesWords() {
    let list = changes(
      {
        $0.options.environment = ["A": "1", "LOG_LEVEL": "info"]
        $0.options.ports = [PortMapping(published: 8080, target: 80)]
        $0.options.mounts = [Mount(source: .volume("p_data"), target: "/data")]
        $0.options.resources.memory = 1_048_576
      },
      to: {
        $0.image = "j"
        $0.options.environment = ["LOG_LEVEL": "debug", "B": "2"]
        $0.options.command = ["serve", "--fast"]
        $0.options.ports = [PortMapping(hostAddress: "127.0.0.1", published: 8081, target: 80)]
        $0.options.mounts = [
          Mount(source: .volume("p_data"), target: "/data", isReadOnly: true),
          Mount(source: .bind(path: "/etc/x", createsHostPath: true, propagation: nil), target: "/x"),
        ]
        $0.options.resources.memory = 536_870_912
        $0.options.stopGracePeriod = .seconds(90)
      })
    #expect(
      list == [
        "image: i → j", "command: added [serve, --fast]", "environment.A: removed 1", "environment.B: added 2",
        "environment.LOG_LEVEL: info → debug", "stop_grace_period: 10s → 1m30s", "ports: [8080:80/tcp] → [127.0.0.1:8081:80/tcp]",
        "volumes./data: p_data → p_data:ro", "volumes./x: added /etc/x", "mem_limit: 1m → 512m",
      ])
  }

  @Test func hideSecrets() {
    #expect(
      changes(
        { $0.options.secrets = [FileGrant(source: "db_password", target: "/run/secrets/db_password", fingerprint: "old-print")] },
        to: { $0.options.secrets = [FileGrant(source: "db_password", target: "/run/secrets/db_password", fingerprint: "new-print")] })
        == ["secrets.db_password: changed"])
    #expect(
      changes({ $0.options.environment = ["DB_PASSWORD": "hunter2"] }, to: { $0.options.environment = ["DB_PASSWORD": "hunter3"] })
        == ["environment.DB_PASSWORD: changed"])
    #expect(
      changes(to: { $0.options.configs = [FileGrant(source: "site", target: "/site", fingerprint: "f")] }) == [
        "configs.site: added (sensitive)"
      ])
  }

  @Test func tellNetworksApart() {
    #expect(
      changes(
        { $0.options.network = .bridges([Attachment(network: "a"), Attachment(network: "b")]) },
        to: { $0.options.network = .bridges([Attachment(network: "b", aliases: ["x"]), Attachment(network: "c")]) })
        == ["networks.a: removed attached", "networks.b: attached → aliases [x]", "networks.c: added attached"])
    #expect(changes(to: { $0.options.network = .host }) == ["network_mode: [] → host"])
    #expect(
      changes(
        { $0.options.network = .bridges([Attachment(network: "a"), Attachment(network: "b")]) },
        to: { $0.options.network = .bridges([Attachment(network: "b"), Attachment(network: "a")]) })
        == ["networks: [attached, attached] → [attached, attached]"])
  }

  /// A field that the comparison forgot would make containers that are never recreated, or are without a reason.
  @Test func seeEveryFieldOfTheOptions() throws {
    let edits: [String: (inout ContainerOptions) -> Void] = [
      "entrypoint": { $0.entrypoint = ["x"] }, "command": { $0.command = [] }, "environment": { $0.environment = ["A": "1"] },
      "workingDirectory": { $0.workingDirectory = "/" }, "user": { $0.user = "1" }, "groups": { $0.groups = ["g"] },
      "hasTerminal": { $0.hasTerminal = true }, "isInteractive": { $0.isInteractive = true }, "usesInit": { $0.usesInit = true },
      "stopSignal": { $0.stopSignal = "INT" }, "stopGracePeriod": { $0.stopGracePeriod = .seconds(1) },
      "restart": { $0.restart = .onFailure(maximum: 2) },
      "healthcheck": { $0.healthcheck = Healthcheck() }, "labels": { $0.labels = ["a": "b"] },
      "annotations": { $0.annotations = ["a": "b"] },
      "hostname": { $0.hostname = "h" }, "domainname": { $0.domainname = "d" }, "network": { $0.network = .none },
      "ports": { $0.ports = [PortMapping(published: nil, target: 1)] }, "exposedPorts": { $0.exposedPorts = ["1"] },
      "dns": { $0.dns = ["1.1.1.1"] },
      "dnsSearch": { $0.dnsSearch = ["x"] }, "dnsOptions": { $0.dnsOptions = ["x"] },
      "extraHosts": { $0.extraHosts = [ExtraHost(name: "n", address: "a")] },
      "externalLinks": { $0.externalLinks = [ExternalLink(container: "c", alias: "a")] },
      "hooks": { $0.hooks = LifecycleHooks(beforeStop: [Hook(command: ["x"])]) },
      "restartLimits": { $0.restartLimits = RestartLimits(maximum: 1) },
      "links": { $0.links = [Link(service: "s", alias: "a")] }, "mounts": { $0.mounts = [Mount(source: .anonymousVolume, target: "/v")] },
      "secrets": { $0.secrets = [FileGrant(source: "s", target: "/s")] },
      "configs": { $0.configs = [FileGrant(source: "s", target: "/s")] },
      "onSecretChange": { $0.onSecretChange = .restart },
      "imageUpdates": { $0.imageUpdates = ImageUpdates(.auto) },
      "onUnhealthy": { $0.onUnhealthy = .restart(maximum: nil) }, "isReadOnly": { $0.isReadOnly = true }, "shmSize": { $0.shmSize = 1 },
      "rootSize": { $0.rootSize = ByteCount(1 << 30) },
      "resources": { $0.resources.pids = 1 },
      "ulimits": { $0.ulimits = ["nofile": Ulimit(soft: 1, hard: 2)] }, "sysctls": { $0.sysctls = ["a": "b"] },
      "logging": { $0.logging = Logging(driver: .none) }, "capAdd": { $0.capAdd = ["ALL"] }, "capDrop": { $0.capDrop = ["ALL"] },
      "isPrivileged": { $0.isPrivileged = true }, "noNewPrivileges": { $0.noNewPrivileges = true }, "seccomp": { $0.seccomp = .unconfined },
      "devices": { $0.devices = [DeviceMapping(source: "/dev/a", target: "/dev/b")] }, "oomScoreAdjust": { $0.oomScoreAdjust = 1 },
      "usesHostPID": { $0.usesHostPID = true }, "usesHostIPC": { $0.usesHostIPC = true }, "usesHostUTS": { $0.usesHostUTS = true },
      "pidOwner": { $0.pidOwner = .service("s") }, "ipc": { $0.ipc = .of(.container("c")) }, "usesHostCgroup": { $0.usesHostCgroup = true },
      "users": { $0.users = .remapped(UserMapping(users: [], groups: [])) },
      "unmasksPaths": { $0.unmasksPaths = true }, "appArmor": { $0.appArmor = "unconfined" },
      "deviceRules": { $0.deviceRules = [DeviceCgroupRule(kind: .character, major: 1, minor: nil, permissions: "r")] },
      "volumesFrom": { $0.volumesFrom = [VolumesFrom(source: .service("s"))] },
    ]
    let fields = Set(Mirror(reflecting: ContainerOptions()).children.compactMap { $0.label?.drop(while: { $0 == "_" }) }.map(String.init))
    #expect(fields == Set(edits.keys))
    for (field, edit) in edits {
      var options = ContainerOptions()
      edit(&options)
      #expect(try JSONDecoder().decode(ContainerOptions.self, from: JSONEncoder().encode(options)) == options, "\(field) is kept")
      let found = changes(to: { edit(&$0.options) })
      #expect(found.count == 1 && !found[0].hasPrefix("service"), "\(field): \(found)")
    }
  }

  @Test func seeEveryResource() {
    let edits: [(inout Resources) -> Void] = [
      { $0.nanocores = 500_000_000 }, { $0.cpuShares = 1 }, { $0.cpuset = "0" }, { $0.memory = 1 }, { $0.memoryReservation = 1 },
      { $0.memorySwap = -1 },
      { $0.pids = 1 }, { $0.cpuQuota = 1 }, { $0.cpuPeriod = 1 }, { $0.reservedNanocores = 1 }, { $0.realtimePeriod = 1 },
      { $0.realtimeRuntime = 1 }, { $0.swappiness = 1 }, { $0.disablesOOMKiller = true },
      {
        $0.blockIO = BlockIO()
        $0.blockIO?.readBytes = [BlockIO.Limit(path: "/dev/sda", rate: 1)]
      },
    ]
    #expect(Mirror(reflecting: Resources()).children.count == edits.count)
    for edit in edits {
      let found = changes(to: { edit(&$0.options.resources) })
      #expect(found.count == 1 && !found[0].hasPrefix("service"), "\(found)")
    }
  }

  @Test func seeEveryPartOfBlockIO() {
    let limit = [BlockIO.Limit(path: "/dev/sda", rate: 1)]
    let edits: [(inout BlockIO) -> Void] = [
      { $0.weight = 10 }, { $0.deviceWeights = [BlockIO.Weight(path: "/dev/sda", weight: 20)] }, { $0.readBytes = limit },
      { $0.writeBytes = limit }, { $0.readOperations = limit }, { $0.writeOperations = limit },
    ]
    #expect(Mirror(reflecting: BlockIO()).children.count == edits.count)
    for edit in edits {
      var block = BlockIO()
      edit(&block)
      let found = changes(to: { $0.options.resources.blockIO = block })
      #expect(found.count == 1 && found[0].hasPrefix("blkio_config."), "\(found)")
    }
  }

  @Test func seeEveryPartOfAHealthcheckAndOfLogging() {
    let checks: [(inout Healthcheck) -> Void] = [
      { $0.test = ["NONE"] }, { $0.interval = .seconds(1) }, { $0.timeout = .milliseconds(1500) }, { $0.startPeriod = .seconds(1) },
      { $0.startInterval = .seconds(1) }, { $0.retries = 2 },
    ]
    #expect(Mirror(reflecting: Healthcheck()).children.count == checks.count)
    for edit in checks {
      var check = Healthcheck()
      edit(&check)
      #expect(changes({ $0.options.healthcheck = Healthcheck() }, to: { $0.options.healthcheck = check }).count == 1)
    }
    let logs: [(inout Logging) -> Void] = [{ $0.driver = .local }, { $0.maxSize = 1 }, { $0.maxFiles = 2 }, { $0.options = ["tag": "x"] }]
    #expect(Mirror(reflecting: Logging()).children.count == logs.count)
    for edit in logs { #expect(changes(to: { edit(&$0.options.logging) }).count == 1) }
  }

  /// A record of a version that kept no options, and the same size in other words.
  @Test func seeNoChangeInHowALogsSizeIsWritten() {
    #expect(
      changes({ $0.options.logging.maxSize = 1024 }, to: { $0.options.logging = Logging(maxSize: 1024, options: ["max-size": "1k"]) }) == []
    )
    #expect(
      changes(
        { $0.options.logging = Logging(maxSize: 1024, options: ["max-size": "1k", "tag": "x"]) },
        to: { $0.options.logging = Logging(maxSize: 1024, options: ["max-size": "1024", "tag": "x"]) }) == [])
  }
}
