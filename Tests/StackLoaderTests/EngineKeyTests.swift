import Diagnostics
import StackModel
import Testing

@testable import StackLoader

/// Hooks, probes, restart policies, attachments and builds, from the file to the model.
@Suite struct EngineKeyTests {
  private func decoded(_ keys: String, top: String = "") throws -> (service: Service, stack: Stack, lines: [String]) {
    let loaded = load(
      "services:\n  web:\n    image: x\n    \(keys.replacing("\n", with: "\n    "))\n  db: {image: y}\n  tools: {build: .}\n\(top)")
    let stack = try #require(loaded.value?.stack, "\(lines(loaded))")
    return (try #require(stack.services["web"]), stack, lines(loaded))
  }

  @Test func hooks() throws {
    let found = try decoded(
      """
      pre_start:
        - {command: migrate --all, image: tools, user: root, per_replica: true, environment: [A=1]}
        - {image: seed}
      post_start: [{command: [warm, up], privileged: true, working_dir: /srv}]
      pre_stop: [{command: drain, environment: {B: 2}}]
      """)
    #expect(
      found.service.options.hooks
        == LifecycleHooks(
          beforeStart: [
            InitStep(command: ["migrate", "--all"], image: "tools", user: "root", environment: ["A": "1"], isPerReplica: true),
            InitStep(image: "seed"),
          ], afterStart: [Hook(command: ["warm", "up"], isPrivileged: true, workingDirectory: "/srv")],
          beforeStop: [Hook(command: ["drain"], environment: ["B": "2"])]))
    #expect(!found.lines.contains { $0.contains("pre_st") || $0.contains("post_start") }, "\(found.lines)")
  }

  @Test(arguments: [
    (#"["HTTP", "http://localhost:8080/health"]"#, nil), (#"["TCP", "5432"]"#, nil),
    (#"["TCP", "web:1"]"#, "write localhost, or an address"),
    (#"["HTTP", "https://localhost/"]"#, "probe the port with"), (#"["HTTP"]"#, "write it as [\"HTTP\""),
    (#"["TCP", "a", "b"]"#, "[\"TCP\""),
    (#"["HTTPS", "x"]"#, "CMD, CMD-SHELL, HTTP, TCP or NONE"),
  ])
  func probes(_ test: String, _ hint: String?) {
    let loaded = load("services: {web: {image: x, healthcheck: {test: \(test)}}}")
    if let hint {
      #expect(lines(loaded).contains { $0.contains(hint) }, "\(lines(loaded))")
    } else {
      #expect(lines(loaded) == [] && loaded.value?.stack.services["web"]?.options.healthcheck?.test?.count == 2)
    }
  }

  @Test(arguments: [
    (
      "{condition: any, delay: 2s, max_attempts: 3, window: 1m}", RestartPolicy.always,
      RestartLimits(maximum: 3, delay: .seconds(2), window: .seconds(60))
    ),
    ("{condition: on-failure, max_attempts: 3, delay: 0s}", .onFailure(maximum: 3), RestartLimits(delay: .seconds(0))),
    ("{condition: none, window: 0s}", .no, RestartLimits()), ("{}", .always, RestartLimits()),
  ])
  func restartPolicies(_ policy: String, _ restart: RestartPolicy, _ limits: RestartLimits) throws {
    let options = try decoded("deploy: {restart_policy: \(policy)}").service.options
    #expect(options.restart == restart && (options.restartLimits ?? RestartLimits()) == limits)
  }

  @Test func attachments() throws {
    let found = try decoded(
      """
      external_links: ["other-db-1:database", plain]
      networks:
        default:
          gw_priority: 5
          interface_name: lan0
          link_local_ips: [169.254.7.7, 'fe80::5']
          driver_opts:
            com.docker.network.endpoint.sysctls: "net.ipv4.conf.IFNAME.log_martians=1,net.ipv6.conf.IFNAME.accept_ra=2"
        back:
          driver_opts: {com.docker.network.endpoint.ifname: back0}
      """, top: "networks: {back: {}}")
    guard case .bridges(let places) = found.service.options.network else { throw Wrong() }
    var first = Attachment(network: "shop_default")
    first.gatewayPriority = 5
    first.interfaceName = "lan0"
    first.linkLocalAddresses = ["169.254.7.7", "fe80::5"]
    first.sysctls = ["net.ipv4.conf.IFNAME.log_martians": "1", "net.ipv6.conf.IFNAME.accept_ra": "2"]
    var second = Attachment(network: "shop_back")
    second.interfaceName = "back0"
    #expect(places == [first, second])
    #expect(
      found.service.options.externalLinks
        == [ExternalLink(container: "other-db-1", alias: "database"), ExternalLink(container: "plain", alias: "plain")])
  }

  @Test(arguments: [
    ("interface_name: lo", "is not an interface's name"), ("link_local_ips: [here]", "is not an IP address"),
    ("ipv6_address: 'fd00::5'", "which has no IPv6"),
    ("driver_opts: {com.docker.network.endpoint.sysctls: net.ipv4.ip_forward=1}", "is not a parameter of the interface"),
    ("driver_opts: {com.docker.network.endpoint.sysctls: net.ipv4.conf.IFNAME.a/b=1}", "is not a parameter of the interface"),
    ("driver_opts: {com.example: 1}", "driver_opts.com.example"),
    ("{interface_name: a, driver_opts: {com.docker.network.endpoint.ifname: b}}", "is to be named b and a"),
  ])
  func wrongAttachments(_ keys: String, _ message: String) {
    let body = keys.hasPrefix("{") ? keys : "{\(keys)}"
    let loaded = load("services: {web: {image: x, networks: {default: \(body)}}}")
    #expect(lines(loaded).contains { $0.contains("error") && $0.contains(message) }, "\(lines(loaded))")
  }

  @Test func bothFamilies() throws {
    let found = try decoded(
      "networks: {dual: {ipv6_address: 'fd00:1::5'}, six: , four: }",
      top: """
        networks:
          dual:
            enable_ipv6: true
            ipam:
              config:
                - {subnet: 172.28.0.0/16, aux_addresses: {printer: 172.28.0.9}}
                - {subnet: "fd00:1::/64", gateway: "fd00:1::fe", ip_range: "fd00:1::100/120", aux_addresses: {router: "fd00:1::9"}}
          six: {enable_ipv4: false, enable_ipv6: true}
          four: {ipam: {config: [{subnet: "fd00:2::/64"}]}}
        """)
    let dual = try #require(found.stack.networks["shop_dual"])
    #expect(dual.subnet == "172.28.0.0/16" && dual.reserved == ["printer": "172.28.0.9"] && dual.hasNoIPv4 == nil)
    #expect(
      dual.ipv6
        == IPAMConfig(subnet: "fd00:1::/64", range: "fd00:1::100/120", gateway: "fd00:1::fe", reserved: ["router": "fd00:1::9"]))
    let six = try #require(found.stack.networks["shop_six"])
    #expect(six.ipv6 == IPAMConfig() && six.hasNoIPv4 == true)
    // Nobody has IPv6 unless the file says so.
    #expect(found.stack.networks["shop_four"]?.ipv6 == nil)
    #expect(found.lines.count == 1 && found.lines[0].contains("a subnet of IPv6 is not used"), "\(found.lines)")
    guard case .bridges(let places) = found.service.options.network else { throw Wrong() }
    #expect(places.first { $0.network == "shop_dual" }?.address6 == "fd00:1::5")
  }

  @Test(arguments: [
    ("enable_ipv4: false", "has neither IPv4 nor IPv6"),
    ("ipam: {config: [{subnet: 10.1.0.0/16}, {subnet: 10.2.0.0/16}]}", "a bridge has one subnet of IPv4"),
    ("enable_ipv6: true, ipam: {config: [{subnet: 'fd00::/129'}]}", "is not an IPv6 network"),
    ("enable_ipv6: true, ipam: {config: [{subnet: 'fd00::/64', gateway: 'fd01::1'}]}", "gateway is not in the subnet"),
    ("enable_ipv6: true, ipam: {config: [{subnet: 'fd00::/64', gateway: 10.0.0.1}]}", "is not an IPv6 address"),
    ("ipam: {config: [{subnet: 10.1.0.0/16, aux_addresses: {a: 10.2.0.1}}]}", "aux_addresses is not in the subnet"),
    ("ipam: {config: [{aux_addresses: {a: 10.2.0.1}}]}", "need a subnet"),
  ])
  func wrongAddresses(_ keys: String, _ message: String) {
    let loaded = load("services: {web: {image: x}}\nnetworks: {default: {\(keys)}}")
    #expect(lines(loaded).contains { $0.contains("error") && $0.contains(message) }, "\(lines(loaded))")
  }

  @Test func bridges() throws {
    let found = try decoded(
      "tty: false",
      top: """
        networks:
          default:
            driver_opts:
              com.docker.network.driver.mtu: 1450
              com.docker.network.bridge.name: br-shop
              com.docker.network.bridge.enable_icc: "false"
              com.docker.network.bridge.enable_ip_masquerade: "false"
              com.docker.network.bridge.host_binding_ipv4: 127.0.0.1
              com.docker.network.container_iface_prefix: lan
        """)
    var options = BridgeOptions()
    options.mtu = 1450
    options.name = "br-shop"
    options.separatesContainers = true
    options.keepsAddresses = true
    options.hostAddress = "127.0.0.1"
    options.interfacePrefix = "lan"
    #expect(found.stack.networks["shop_default"]?.bridge == options)
  }

  @Test(arguments: [
    ("com.docker.network.driver.mtu: 10", "is not from 68 to 65535"), ("com.docker.network.bridge.name: a/b", "is not an interface's name"),
    ("com.docker.network.bridge.enable_icc: maybe", "is neither true nor false"),
    ("com.docker.network.bridge.host_binding_ipv4: localhost", "is not an IPv4 address"), ("parent: eth0", "driver_opts.parent"),
  ])
  func wrongBridges(_ option: String, _ message: String) {
    let loaded = load("services: {web: {image: x}}\nnetworks: {default: {driver_opts: {\(option)}}}")
    #expect(lines(loaded).contains { $0.contains("error") && $0.contains(message) }, "\(lines(loaded))")
  }

  @Test func builds() throws {
    let found = try decoded(
      """
      build:
        context: .
        additional_contexts: {assets: ./assets, base: "docker-image://alpine:3", tools: "service:tools"}
        secrets: [token, {source: cert, target: server-cert, mode: 0440}]
        no_cache_filter: [one, two]
        shm_size: 64m
        ulimits: {nofile: {soft: 1, hard: 2}}
        platforms: [linux/amd64, linux/arm64]
      """, top: "secrets: {token: {file: ./t}, cert: {file: ./c}}")
    var options = BuildOptions()
    options.contexts = ["assets": .directory("/shop/assets"), "base": .image("alpine:3"), "tools": .service("tools")]
    options.secrets = [
      "token": FileGrant(source: "token", target: "/run/secrets/token"),
      "server-cert": FileGrant(source: "cert", target: "/run/secrets/server-cert", mode: 0o440),
    ]
    options.uncachedStages = ["one", "two"]
    options.shmSize = ByteCount(64 << 20)
    options.ulimits = ["nofile": Ulimit(soft: 1, hard: 2)]
    #expect(found.service.build?.options == options)
  }

  @Test(arguments: [
    ("additional_contexts: {x: https://example.org/x.tar}", "additional_contexts.x"), ("additional_contexts: {x: 'service:none'}", "none"),
    ("platforms: [plan9/mips]", "platforms"), ("privileged: true", "privileged"),
  ])
  func wrongBuilds(_ key: String, _ message: String) {
    let loaded = load("services: {web: {build: {context: ., \(key)}}}")
    #expect(lines(loaded).contains { $0.contains("error") && $0.contains(message) }, "\(lines(loaded))")
    #expect(lines(loaded).count { $0.contains(message) } == 1, "\(lines(loaded))")
  }

  private struct Wrong: Error {}
}
