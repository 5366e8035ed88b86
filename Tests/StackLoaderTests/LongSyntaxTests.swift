import Diagnostics
import StackModel
import Testing

@testable import StackLoader

/// What the keys that are only mappings become, value by value.
@Suite struct LongSyntaxTests {
  private func requests(_ keys: String, top: String = "") throws -> ServiceRequests {
    let found = service(keys, top: top)
    let decoded = try #require(found.service, "\(found.lines)")
    return try #require(decoded.requests)
  }

  @Test func deployment() throws {
    let found = try requests(
      """
      deploy:
        mode: global
        endpoint_mode: dnsrr
        labels: [a=b]
        update_config: {parallelism: 2, delay: 10s, failure_action: rollback, monitor: 1m, max_failure_ratio: 0.25, order: start-first}
        rollback_config: {parallelism: "0", failure_action: continue, order: stop-first}
        restart_policy: {delay: 5s, window: 2m}
        placement: {constraints: [node.role==manager], preferences: [{spread: node.labels.zone}], max_replicas_per_node: "2"}
        resources:
          reservations:
            cpus: "0.25"
            devices: [{capabilities: [gpu, tpu], driver: nvidia, count: 2, options: {virtualization: false}}]
            generic_resources: [{discrete_resource_spec: {kind: gpu, value: "3"}}]
      """)
    var update = Rollout(), rollback = Rollout(), expected = Deployment()
    update.parallelism = 2
    update.delay = .seconds(10)
    update.failureAction = .rollback
    update.monitor = .seconds(60)
    update.maximumFailureRatio = 0.25
    update.order = .startFirst
    rollback.parallelism = 0
    rollback.failureAction = .continue
    rollback.order = .stopFirst
    expected.mode = .global
    expected.endpointMode = .dnsrr
    expected.labels = ["a": "b"]
    expected.update = update
    expected.rollback = rollback
    expected.placement = Placement(constraints: ["node.role==manager"], spread: ["node.labels.zone"], maximumPerNode: 2)
    expected.reservedDevices = [
      DeviceRequest(capabilities: ["gpu", "tpu"], driver: "nvidia", amount: .count(2), options: ["virtualization": "false"])
    ]
    expected.genericResources = [GenericResource(kind: "gpu", value: 3)]
    #expect(found.deployment == expected)
  }

  @Test func hooksNeedACommand() {
    let said = service("post_start: [{user: root}]").lines
    #expect(said.contains { $0.contains(" error ") && $0.contains("post_start") && $0.contains("command") }, "\(said)")
  }

  @Test func watch() throws {
    let found = try requests(
      """
      build: .
      develop:
        watch:
          - {path: ./src, action: sync, target: /src, ignore: [node_modules/, "*.log"], include: "*.js", initial_sync: true}
          - {path: package.json, action: rebuild}
          - {path: ~/conf, action: sync+restart, target: /etc/app}
          - {path: ./x, action: sync+exec, target: /x, exec: {command: nginx -s reload, user: root}}
          - {path: ./y, action: restart}
      """)
    #expect(
      found.watch == [
        WatchRule(
          path: "/shop/src", action: .sync, target: "/src", ignored: ["node_modules/", "*.log"], included: ["*.js"], syncsInitially: true),
        WatchRule(path: "/shop/package.json", action: .rebuild),
        WatchRule(path: "/shop/~/conf", action: .syncAndRestart, target: "/etc/app"),
        WatchRule(
          path: "/shop/x", action: .syncAndRun, target: "/x", command: Hook(command: ["nginx", "-s", "reload"], user: "root")),
        WatchRule(path: "/shop/y", action: .restart),
      ])
  }

  @Test(arguments: [
    ("{path: a, action: sync}", "sync has no target"), ("{path: \"\", action: restart}", "path \"\" is empty"),
    ("{path: a, action: snyc, target: /a}", "did you mean \"sync\"?"), ("{path: a, action: rebuild}", "rebuild in a service without build"),
    ("{path: a, action: sync+exec, target: /a}", "sync+exec has no exec"), ("{path: 'C:\\a', action: restart}", "is a path of Windows"),
  ])
  func watchRules(_ rule: String, _ problem: String) {
    let said = service("develop: {watch: [\(rule)]}").lines
    #expect(said.contains { $0.contains(problem) }, "\(said)")
  }

  @Test func namespacesAndSecurity() throws {
    let found = try requests(
      """
      pid: "container:x"
      ipc: none
      uts: "service:db"
      userns_mode: keep-id
      security_opt:
        - apparmor=
        - label=user:USER
        - writable-cgroups=true
        - credentialspec=file://x
        - unheard-of
      """, top: "  db: {image: y}")
    var namespaces = NamespaceRequests()
    namespaces.uts = .service("db")
    namespaces.user = .other("keep-id")
    #expect(found.namespaces == namespaces)
    #expect(
      found.securityOptions == [
        .other("apparmor="), .label("user:USER"), .writableCgroups, .credentialSpec("file://x"), .other("unheard-of"),
      ])
  }

  /// What holds anyway is asked for in vain, and needs no word.
  @Test func whatHoldsAnywayIsSilent() {
    let found = service(
      "ipc: shareable\ncgroup: private\nuserns_mode: host\nsecurity_opt: [\"no-new-privileges:false\"]\nisolation: default\nnetwork_mode: \"\""
    )
    #expect(found.lines == [])
    #expect(found.service?.requests == nil)
  }

  @Test func attachments() throws {
    let found = try requests(
      """
      networks:
        back: {ipv4_address: 10.9.0.5, driver_opts: {a: 1}}
        front: {priority: 1}
      """, top: "networks: {back: {ipam: {config: [{subnet: 10.9.0.0/24}]}}, front: }")
    var back = AttachmentRequest()
    back.driverOptions = ["a": "1"]
    #expect(found.attachments == ["shop_back": back])
  }

  @Test func resourcesThatAreOnlyAskedFor() throws {
    let found = try requests(
      """
      cgroup_parent: m-executor-abcd
      use_api_socket: true
      platform: wasi/wasm
      runtime: io.containerd.wasmedge.v1
      isolation: hyperv
      logging: {driver: gelf, options: {gelf-address: "udp://192.168.0.42:123", n: 1}}
      credential_spec: {registry: my-spec}
      models: {llm: {endpoint_var: URL, model_var: NAME}, other: }
      """, top: "models: {llm: {model: ai/smollm2}, other: {model: ai/other}}")
    #expect(found.cgroupParent == "m-executor-abcd" && found.usesAPISocket == true)
    #expect(found.platform == "wasi/wasm" && found.runtime == "io.containerd.wasmedge.v1" && found.isolation == "hyperv")
    #expect(found.logging == LoggingRequest(driver: "gelf", options: ["gelf-address": "udp://192.168.0.42:123", "n": "1"]))
    #expect(found.credentialSpec == .registry("my-spec"))
    #expect(found.models == ["llm": ModelGrant(endpointVariable: "URL", modelVariable: "NAME"), "other": ModelGrant()])
  }

  @Test func topLevel() throws {
    let loaded = load(
      """
      services:
        web: {image: x, networks: [n], volumes: ["v1:/v"], secrets: [s], configs: [c], models: [llm]}
      networks:
        n:
          driver: overlay
          driver_opts: {parent: eth0}
          attachable: true
          enable_ipv6: true
          enable_ipv4: false
          ipam:
            driver: custom
            options: {foo: bar}
            config:
              - {subnet: 172.28.0.0/16, ip_range: 172.28.5.0/24, gateway: 172.28.5.254, aux_addresses: {host1: 172.28.1.5}}
              - {subnet: "2001:db8::/64", gateway: "2001:db8::1"}
      volumes: {v1: {driver: foobar, driver_opts: {type: nfs, o: "addr=10.40.0.199", device: ":/docker"}}}
      secrets: {s: {environment: KEY, labels: [a=b], template_driver: golang}}
      configs: {c: {external: true, name: "shared"}}
      models: {llm: {model: ai/smollm2, context_size: 1024, runtime_flags: [--fast]}, unused: {model: x}}
      """, environment: ["KEY": "hush"])
    let stack = try #require(loaded.value?.stack, "\(lines(loaded))")
    var network = NetworkRequests(), volume = VolumeRequests(), secret = FileSourceRequests()
    network.driver = "overlay"
    network.driverOptions = ["parent": "eth0"]
    network.isAttachable = true
    network.addressDriver = "custom"
    network.addressOptions = ["foo": "bar"]
    network.pools = [.init(subnet: "172.28.0.0/16", range: "172.28.5.0/24", gateway: "172.28.5.254", reserved: ["host1": "172.28.1.5"])]
    #expect(stack.networks["shop_n"]?.requests == network)
    #expect(stack.networks["shop_n"]?.hasNoIPv4 == true && stack.networks["shop_n"]?.subnet == nil)
    #expect(stack.networks["shop_n"]?.ipv6 == .init(subnet: "2001:db8::/64", gateway: "2001:db8::1"))
    volume.driver = "foobar"
    volume.driverOptions = ["type": "nfs", "o": "addr=10.40.0.199", "device": ":/docker"]
    #expect(stack.volumes["shop_v1"]?.requests == volume)
    secret.labels = ["a": "b"]
    secret.templateDriver = "golang"
    #expect(stack.secrets["s"] == FileSource(origin: .environment("KEY"), requests: secret))
    #expect(stack.configs["c"] == FileSource(origin: .stored("shared"), name: "shared"))
    #expect(stack.models == ["llm": Model(reference: "ai/smollm2", contextSize: 1024, flags: ["--fast"])])
  }
}
