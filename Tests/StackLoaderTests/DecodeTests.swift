import Diagnostics
import StackModel
import Testing

@testable import StackLoader

/// What the keys of a service mean.
@Suite struct DecodeTests {
  private func options(_ keys: String, top: String = "", environment: [String: String] = [:]) throws -> ContainerOptions {
    let found = service(keys, top: top, environment: environment)
    return try #require(found.service, "\(found.lines)").options
  }

  @Test(arguments: [
    ("command: nginx -g 'daemon off;'", ["nginx", "-g", "daemon off;"]), ("command: [a, 'b c', '3', 'true']", ["a", "b c", "3", "true"]),
    ("command: []", []), ("command: ''", []), (#"command: sh -c "echo \"$$HOME\" 'x'""#, ["sh", "-c", "echo \"$HOME\" 'x'"]),
    ("command: a\\ b c", ["a b", "c"]), ("command: >\n  one\n  two", ["one", "two"]),
  ])
  func commands(_ keys: String, _ words: [String]) throws { #expect(try options(keys).command == words) }

  @Test func noCommandIsTheImages() throws {
    #expect(try options("command: null").command == nil)
    #expect(try options("command:").entrypoint == nil)
    #expect(try options("entrypoint: []").entrypoint == [])
  }

  @Test(arguments: [
    ("environment: [A=1, B=, 'C=x=y', D]", ["A": "1", "B": "", "C": "x=y"]),
    (
      "environment: {A: 1, B: '', C: true, D: null, E: 1.50, F: no, G: 2024-01-01, H: 0x10}",
      ["A": "1", "B": "", "C": "true", "E": "1.5", "F": "no", "G": "2024-01-01", "H": "16"]
    ),
    ("environment: [HOME_OF]", ["HOME_OF": "here"]), ("environment:\n  HOME_OF:", ["HOME_OF": "here"]),
    (
      "environment: {A: 1e6, B: 1000000.0, C: 12345678901234567890, D: .5, E: 0.00001}",
      ["A": "1e+06", "B": "1e+06", "C": "12345678901234567890", "D": "0.5", "E": "1e-05"]
    ),
  ])
  func environment(_ keys: String, _ variables: [String: String]) throws {
    #expect(try options(keys, environment: ["HOME_OF": "here"]).environment == variables)
  }

  @Test func leadingZeroesAreOctalAndWarnedAbout() {
    let found = service("environment: {UMASK: 022}")
    #expect(found.service?.options.environment == ["UMASK": "18"])
    #expect(
      found.lines == [
        "compose.yaml:4:26: warning MU0108: service \"web\": YAML reads the leading zero of UMASK as octal; the value is 18 | put it in quotes to keep it as it is written"
      ])
  }

  @Test(arguments: [
    ("80", [PortMapping(published: nil, target: 80)]), ("8080:80", [PortMapping(published: 8080, target: 80)]),
    ("127.0.0.1:8080:80/udp", [PortMapping(hostAddress: "127.0.0.1", published: 8080, target: 80, transport: .udp)]),
    ("127.0.0.1::80", [PortMapping(hostAddress: "127.0.0.1", published: nil, target: 80)]),
    ("[::1]:53:53", [PortMapping(hostAddress: "::1", published: 53, target: 53)]),
    ("3000-3001:80-81", [PortMapping(published: 3000, target: 80), PortMapping(published: 3001, target: 81)]),
    ("90-91", [PortMapping(published: nil, target: 90), PortMapping(published: nil, target: 91)]),
    ("0:80", [PortMapping(published: nil, target: 80)]), ("65535:65535", [PortMapping(published: 65535, target: 65535)]),
    ("22:22", [PortMapping(published: 22, target: 22)]),
  ])
  func portsInShort(_ text: String, _ ports: [PortMapping]) throws {
    #expect(try options("ports: [\(text.contains("[") ? "\"\(text)\"" : text)]").ports == ports)
  }

  @Test func portsInLong() throws {
    let ports = try options("ports:\n  - {target: 80, published: '8080', host_ip: 127.0.0.1, protocol: udp, mode: host}\n  - target: 443")
      .ports
    #expect(
      ports == [
        PortMapping(hostAddress: "127.0.0.1", published: 8080, target: 80, transport: .udp), PortMapping(published: nil, target: 443),
      ])
  }

  @Test(arguments: [
    ("- /cache", Mount(source: .anonymousVolume, target: "/cache")),
    ("- data:/var/lib/", Mount(source: .volume("shop_data"), target: "/var/lib")),
    ("- data:/x:ro,nocopy", Mount(source: .volume("shop_data"), target: "/x", isReadOnly: true, noCopy: true)),
    ("- ./src/../a:/x", Mount(source: .bind(path: "/shop/a", createsHostPath: true, propagation: nil), target: "/x")),
    ("- .:/x", Mount(source: .bind(path: "/shop", createsHostPath: true, propagation: nil), target: "/x")),
    ("- ../a:/x:rslave", Mount(source: .bind(path: "/a", createsHostPath: true, propagation: "rslave"), target: "/x")),
    ("- ~/a:/x:z", Mount(source: .bind(path: "/home/me/a", createsHostPath: true, propagation: nil), target: "/x")),
    (
      "- {type: bind, source: ./a, target: /x, bind: {create_host_path: false}}",
      Mount(source: .bind(path: "/shop/a", createsHostPath: false, propagation: nil), target: "/x")
    ),
    (
      "- {type: volume, source: data, target: /x, volume: {nocopy: true, subpath: a/b}}",
      Mount(source: .volume("shop_data"), target: "/x", noCopy: true, subpath: "a/b")
    ),
    ("- {type: volume, target: /x, read_only: 'true'}", Mount(source: .anonymousVolume, target: "/x", isReadOnly: true)),
    (
      "- {type: tmpfs, target: /x, tmpfs: {size: 1m, mode: 01777}}",
      Mount(source: .tmpfs(size: 1_048_576, mode: 0o1777, uid: nil, gid: nil), target: "/x")
    ),
  ])
  func volumes(_ item: String, _ mount: Mount) throws {
    #expect(try options("volumes:\n  \(item)", top: "volumes: {data: }", environment: ["HOME": "/home/me"]).mounts == [mount])
  }

  @Test func aLaterMountOfATargetWins() throws {
    let mounts = try options("volumes: [./a:/x, ./b:/y, ./c:/x/]\ntmpfs: /run:size=64m,mode=1770,uid=1").mounts
    #expect(mounts.map(\.target) == ["/x", "/y", "/run"])
    #expect(mounts[0].source == .bind(path: "/shop/c", createsHostPath: true, propagation: nil))
    #expect(mounts[2].source == .tmpfs(size: 67_108_864, mode: 0o1770, uid: 1, gid: nil))
  }

  @Test(arguments: [
    ("restart: always", RestartPolicy.always), ("restart: 'no'", .no), ("restart: no", .no), ("restart: unless-stopped", .unlessStopped),
    ("restart: on-failure", .onFailure(maximum: nil)), ("restart: on-failure:3", .onFailure(maximum: 3)),
    ("deploy: {restart_policy: {condition: on-failure, max_attempts: 2}}", .onFailure(maximum: 2)),
    ("restart: always\ndeploy: {restart_policy: {condition: none}}", .no), ("deploy: {restart_policy: {}}", .always),
  ])
  func restart(_ keys: String, _ policy: RestartPolicy) throws { #expect(try options(keys).restart == policy) }

  @Test(arguments: [
    ("test: curl -f localhost", Healthcheck(test: ["CMD-SHELL", "curl -f localhost"])),
    ("test: [CMD, a, b]", Healthcheck(test: ["CMD", "a", "b"])), ("test: [NONE]", Healthcheck(test: ["NONE"])),
    ("disable: true", Healthcheck(test: ["NONE"])),
    (
      "{interval: 1m30s, timeout: 500ms, start_period: 1.5h, start_interval: 1s, retries: 4}",
      Healthcheck(interval: .seconds(90), timeout: .milliseconds(500), startPeriod: .seconds(5400), startInterval: .seconds(1), retries: 4)
    ),
  ])
  func healthchecks(_ text: String, _ check: Healthcheck) throws {
    #expect(try options("healthcheck:\n  \(text)").healthcheck == check)
  }

  @Test func resources() throws {
    let own = try options(
      "cpus: 0.5\nmem_limit: 512m\nmem_reservation: 256MB\nmemswap_limit: -1\npids_limit: 100\ncpu_shares: 512\ncpuset: 0,1\nshm_size: 1g")
    let expected = Resources(
      nanocores: 500_000_000, cpuShares: 512, cpuset: "0,1", memory: 536_870_912, memoryReservation: 268_435_456, memorySwap: -1, pids: 100)
    #expect(own.resources == expected)
    #expect(own.shmSize == 1_073_741_824)
    let deployed = try options("deploy: {resources: {limits: {cpus: '0.5', memory: 512M, pids: 100}, reservations: {memory: 256m}}}")
      .resources
    #expect(deployed == Resources(nanocores: 500_000_000, memory: 536_870_912, memoryReservation: 268_435_456, pids: 100))
    let processor = try options("cpu_quota: 50000\ncpu_period: 25000").resources
    #expect(processor.cpuQuota == 50_000 && processor.cpuPeriod == 25_000)
    #expect(try options("pids_limit: -1").resources.pids == nil)
  }

  @Test func networks() throws {
    let top = "networks: {back: {ipam: {config: [{subnet: 10.1.0.0/16}]}}, front: {name: street, external: true}}"
    #expect(try options("").network == .bridges([Attachment(network: "shop_default")]))
    #expect(
      try options("networks: [back, front]", top: top).network
        == .bridges([Attachment(network: "shop_back"), Attachment(network: "street")]))
    let long = try options(
      "networks:\n  back: {aliases: [db], ipv4_address: 10.1.2.3, priority: 5}\n  front:\nmac_address: 02-42-AC-11-00-02", top: top)
    #expect(
      long.network
        == .bridges([
          Attachment(network: "shop_back", aliases: ["db"], address: "10.1.2.3", mac: "02:42:ac:11:00:02", priority: 5),
          Attachment(network: "street"),
        ]))
    #expect(try options("network_mode: host").network == .host)
    #expect(try options("network_mode: none").network == NetworkMode.none)
    #expect(try options("network_mode: container:x").network == .container("x"))
  }

  @Test func grants() throws {
    let top = "secrets: {pw: {file: ./pw}}\nconfigs: {motd: {content: hi}}"
    let found = try options(
      "secrets:\n  - pw\n  - {source: pw, target: key, uid: '1', gid: '2', mode: 0440}\n  - {source: pw, target: /etc/key, mode: '0400'}\nconfigs: [motd]",
      top: top)
    #expect(
      found.secrets == [
        FileGrant(source: "pw", target: "/run/secrets/pw"),
        FileGrant(source: "pw", target: "/run/secrets/key", uid: "1", gid: "2", mode: 0o440),
        FileGrant(source: "pw", target: "/etc/key", mode: 0o400),
      ])
    #expect(found.configs == [FileGrant(source: "motd", target: "/motd")])
  }

  @Test func everythingElse() throws {
    let found = try options(
      """
      user: '1000'
      working_dir: /app
      group_add: [docker, 20]
      tty: true
      stdin_open: "true"
      init: true
      stop_signal: SIGINT
      stop_grace_period: 1m
      labels: [a=b, c]
      annotations: {k: 1}
      hostname: h
      domainname: d
      expose: [80, "53/udp", 3000-3001]
      dns: 1.1.1.1
      dns_search: [a, b]
      dns_opt: [ndots:1]
      extra_hosts: ["a=1.2.3.4", "b:::1", "c=host-gateway"]
      read_only: true
      ulimits: {nproc: 65535, nofile: {soft: 10, hard: 20}}
      sysctls: {net.core.somaxconn: 1024}
      logging: {driver: local, options: {max-size: 10m, max-file: "3"}}
      cap_add: [NET_ADMIN]
      cap_drop: [ALL]
      privileged: true
      security_opt: ["no-new-privileges:true", seccomp=unconfined]
      devices: [/dev/fuse, "/dev/a:/dev/b:r"]
      oom_score_adj: -500
      pid: host
      ipc: host
      uts: host
      """)
    #expect(found.user == "1000" && found.workingDirectory == "/app" && found.groups == ["docker", "20"])
    #expect(found.hasTerminal && found.isInteractive && found.usesInit && found.isReadOnly && found.isPrivileged)
    #expect(found.stopSignal == "SIGINT" && found.stopGracePeriod == .seconds(60))
    #expect(found.labels == ["a": "b", "c": ""] && found.annotations == ["k": "1"])
    #expect(found.hostname == "h" && found.domainname == "d" && found.exposedPorts == ["80", "53/udp", "3000-3001"])
    #expect(found.dns == ["1.1.1.1"] && found.dnsSearch == ["a", "b"] && found.dnsOptions == ["ndots:1"])
    #expect(
      found.extraHosts == [
        ExtraHost(name: "a", address: "1.2.3.4"), ExtraHost(name: "b", address: "::1"), ExtraHost(name: "c", address: "host-gateway"),
      ])
    #expect(found.ulimits == ["nproc": Ulimit(soft: 65535, hard: 65535), "nofile": Ulimit(soft: 10, hard: 20)])
    #expect(found.sysctls == ["net.core.somaxconn": "1024"])
    #expect(found.logging == Logging(driver: .local, maxSize: 10_485_760, maxFiles: 3, options: ["max-size": "10m", "max-file": "3"]))
    #expect(found.capAdd == ["NET_ADMIN"] && found.capDrop == ["ALL"] && found.noNewPrivileges && found.seccomp == .unconfined)
    #expect(
      found.devices == [
        DeviceMapping(source: "/dev/fuse", target: "/dev/fuse"), DeviceMapping(source: "/dev/a", target: "/dev/b", permissions: "r"),
      ])
    #expect(found.oomScoreAdjust == -500 && found.usesHostPID && found.usesHostIPC && found.usesHostUTS)
  }

  @Test func serviceItself() throws {
    let loaded = load(
      """
      services:
        web:
          build: {context: ./app, dockerfile: ../Other, target: t, args: [A=1, FROM_ENV], tags: [a:1], network: host, no_cache: true, labels: {l: 1}}
          pull_policy: build
          scale: 2
          attach: false
          links: ["db:database"]
          depends_on: {job: {condition: service_completed_successfully, restart: true}, gone: {condition: service_started, required: false}}
        db: {image: "postgres:16", container_name: the-db, network_mode: "service:job"}
        job: {build: .}
      """, environment: ["FROM_ENV": "x"])
    let stack = try #require(loaded.value?.stack, "\(lines(loaded))")
    let web = try #require(stack.services["web"])
    #expect(web.image == "shop-web" && web.pullPolicy == .build && web.replicas == 2 && !web.isAttached)
    #expect(
      web.build
        == BuildSpec(
          context: "/shop/app", dockerfile: "/shop/Other", target: "t", arguments: ["A": "1", "FROM_ENV": "x"], labels: ["l": "1"],
          tags: ["a:1"],
          noCache: true, network: "host"))
    #expect(web.dependsOn == ["db": Dependency(restart: true), "job": Dependency(condition: .completed, restart: true)])
    #expect(web.options.links == [Link(service: "db", alias: "database")])
    #expect(stack.services["db"]?.containerName == "the-db" && stack.services["db"]?.dependsOn == ["job": Dependency()])
    #expect(stack.services["job"]?.build == BuildSpec(context: "/shop", dockerfile: "/shop/Dockerfile"))
    #expect(stack.networks.keys.sorted() == ["shop_default"])
  }

  @Test func topLevel() throws {
    let loaded = load(
      """
      name: other
      services:
        web: {image: nginx, networks: [a, b], volumes: ["v:/v", "w:/w"], secrets: [f, e], configs: [c]}
      networks:
        a: {internal: true, labels: {x: y}, ipam: {config: [{subnet: 10.9.0.0/16, gateway: 10.9.0.1, ip_range: 10.9.8.0/24}]}}
        b: {external: {name: outside}}
        unused: {}
      volumes: {v: {labels: [k=1]}, w: {external: true, name: shared}, unused: }
      secrets: {f: {file: ./f.txt}, e: {environment: TOKEN, name: tok}}
      configs: {c: {content: "hello ${WHO}"}}
      """, environment: ["TOKEN": "hush", "WHO": "you"])
    let stack = try #require(loaded.value?.stack, "\(lines(loaded))")
    #expect(stack.name == "other" && stack.workingDirectory == "/shop" && stack.files == ["/shop/compose.yaml"])
    #expect(
      stack.networks == [
        "other_a": Network(
          key: "a", name: "other_a", isInternal: true, subnet: "10.9.0.0/16", gateway: "10.9.0.1", range: "10.9.8.0/24", labels: ["x": "y"]),
        "outside": Network(key: "b", name: "outside", isExternal: true),
      ])
    #expect(
      stack.volumes == [
        "other_v": Volume(key: "v", name: "other_v", labels: ["k": "1"]), "shared": Volume(key: "w", name: "shared", isExternal: true),
      ])
    #expect(stack.secrets == ["f": FileSource(origin: .file("/shop/f.txt")), "e": FileSource(origin: .environment("TOKEN"), name: "tok")])
    #expect(stack.configs == ["c": FileSource(origin: .content("hello you"))])
    #expect(loaded.value?.values == ["secrets.e": "hush"])
    #expect(renderConfig(try #require(loaded.value), format: .yaml).contains("hush") == false)
  }

  @Test func volumesThatAreMounts() throws {
    let loaded = load(
      """
      services: {web: {image: nginx, volumes: ["n:/n", "b:/b", "t:/t", "e:/e"]}}
      volumes:
        n: {driver: local, driver_opts: {type: nfs, o: "addr=10.0.0.2,rw", device: ":/docker"}}
        b: {driver_opts: {type: none, o: bind, device: ./data}}
        t: {driver_opts: {type: tmpfs, device: tmpfs}}
        e: {driver_opts: {}}
      """)
    let stack = try #require(loaded.value?.stack, "\(lines(loaded))")
    #expect(loaded.diagnostics.isEmpty, "\(lines(loaded))")
    #expect(stack.volumes["shop_n"]?.mount == VolumeMount(type: "nfs", device: ":/docker", options: "addr=10.0.0.2,rw"))
    #expect(stack.volumes["shop_b"]?.mount == VolumeMount(type: "none", device: "/shop/data", options: "bind"))
    #expect(stack.volumes["shop_t"]?.mount == VolumeMount(type: "tmpfs", device: "tmpfs"))
    #expect(stack.volumes["shop_e"]?.mount == nil)
    #expect(stack.volumes.values.allSatisfy { $0.requests == nil })
  }

  @Test(arguments: [
    ("{type: nfs}", "volumes.v.driver_opts"), ("{type: tmpfs, device: tmpfs, size: 1m}", "volumes.v.driver_opts.size"),
  ])
  func volumesThatAreNoMountsAreRefused(_ options: String, _ field: String) {
    let loaded = load("services: {web: {image: x, volumes: [\"v:/v\"]}}\nvolumes: {v: {driver_opts: \(options)}}")
    #expect(loaded.diagnostics.map(\.finding?.field) == [field], "\(lines(loaded))")
    #expect(loaded.value?.stack.volumes["shop_v"]?.requests?.driverOptions?.isEmpty == false)
  }

  @Test func externalSecretsAreOfTheStore() throws {
    let loaded = load(
      """
      services:
        web: {image: nginx, secrets: [a, b, c], configs: [d], x-muster: {on_secret_change: signal SIGHUP}}
        job: {image: nginx, secrets: [{source: a, target: x}], x-muster: {on_secret_change: restart}}
      secrets: {a: {external: true}, b: {external: true, name: "db-${STAGE}"}, c: {external: {name: old.form}}}
      configs: {d: {external: true, name: settings}}
      """, environment: ["STAGE": "test"])
    let stack = try #require(loaded.value?.stack, "\(lines(loaded))")
    #expect(lines(loaded) == [])
    #expect(
      stack.secrets == [
        "a": FileSource(origin: .stored("a"), name: "a"), "b": FileSource(origin: .stored("db-test"), name: "db-test"),
        "c": FileSource(origin: .stored("old.form"), name: "old.form"),
      ])
    #expect(stack.configs == ["d": FileSource(origin: .stored("settings"), name: "settings")])
    #expect(stack.services["web"]?.options.onSecretChange == .signal("SIGHUP"))
    #expect(stack.services["job"]?.options.onSecretChange == .restart)
    let text = renderConfig(try #require(loaded.value), format: .yaml)
    #expect(text.contains("name: db-test\n    external: true") || text.contains("external: true\n    name: db-test"), "\(text)")
  }

  @Test(arguments: ["{external: true, name: host}", "{driver: host}", "{external: true, name: none}", "{driver: none}"])
  func networksThatAreNeverMade(definition: String) throws {
    let mode: NetworkMode = definition.contains("host") ? .host : .none
    let loaded = load("services: {web: {image: nginx, networks: [x]}}\nnetworks: {x: \(definition)}")
    let stack = try #require(loaded.value?.stack, "\(lines(loaded))")
    #expect(stack.services["web"]?.options.network == mode && stack.networks.isEmpty)
    let both = lines(load("services: {web: {image: nginx, networks: [x, y]}}\nnetworks: {y: , x: \(definition)}"))
    #expect(both.contains { $0.contains("and on other networks") }, "\(both)")
    let ports = lines(load("services: {web: {image: nginx, ports: [80], networks: [x]}}\nnetworks: {x: \(definition)}"))
    #expect(ports.contains { $0.contains("publishes ports") } == (mode == .host), "\(ports)")
  }

  @Test func macvlanNetworks() throws {
    let ipam = "ipam: {config: [{subnet: 192.168.1.0/24}]}"
    func found(_ options: String, _ ipam: String) -> Diagnosed<LoadedStack> {
      load("services: {web: {image: nginx, networks: [x]}}\nnetworks: {x: {driver: macvlan, driver_opts: {\(options)}, \(ipam)}}")
    }
    let stack = try #require(found("parent: eth0, macvlan_mode: vepa", ipam).value?.stack)
    #expect(stack.networks.values.first?.macvlan == MacvlanOptions(parent: "eth0", mode: .vepa))
    #expect(stack.networks.values.first?.subnet == "192.168.1.0/24")
    for (options, addresses, words) in [
      ("parent: lo", ipam, "cannot be a parent"), ("parent: eth0, macvlan_mode: l2", ipam, "is not a mode"),
      ("parent: eth0, mtu: 9000", ipam, "is not an option of macvlan"), ("parent: eth0", "internal: false", "ipam"),
    ] {
      let text = lines(found(options, addresses))
      #expect(text.contains { $0.contains("error") && $0.contains(words) }, "\(text)")
    }
  }

  @Test func ipvlanNetworks() throws {
    let ipam = "ipam: {config: [{subnet: 192.168.1.0/24}]}"
    func found(_ options: String, _ more: String, service: String = "") -> Diagnosed<LoadedStack> {
      load(
        "services: {web: {image: nginx, networks: {x: {\(service)}}}}\nnetworks: {x: {driver: ipvlan, driver_opts: {\(options)}, \(more)}}")
    }
    let stack = try #require(found("parent: eth0.50, ipvlan_mode: l3s, ipvlan_flag: private", ipam).value?.stack)
    let network = try #require(stack.networks.values.first)
    #expect(network.ipvlan == IpvlanOptions(parent: "eth0.50", mode: .l3s, flag: .private))
    #expect(network.macvlan == nil && network.bridge == nil && network.requests == nil && network.driver == "ipvlan")
    let usual = try #require(found("parent: eth0", ipam).value?.stack.networks.values.first?.ipvlan)
    #expect(usual == IpvlanOptions(parent: "eth0") && usual.effectiveMode == .l2 && usual.effectiveFlag == .bridge)
    #expect(usual.texts == ["parent": "eth0"])
    // Nobody but the engine knows the subnet of a network that leads nowhere, or by the host's routes.
    for (options, more) in [("", "internal: true"), ("parent: eth0, ipvlan_mode: l3", "internal: false")] {
      #expect(lines(found(options, more)) == [], "\(lines(found(options, more)))")
    }
    for (options, more, service, words) in [
      ("parent: eth0, ipvlan_mode: bridge", ipam, "", "is not a mode"), ("parent: eth0, ipvlan_flag: l2", ipam, "", "is not a flag"),
      ("parent: a/b", ipam, "", "is not an interface's name"), ("macvlan_mode: bridge", ipam, "", "is not an option of ipvlan"),
      ("parent: eth0", "internal: false", "", "ipam"),
      ("parent: eth0", ipam, "mac_address: '02:42:00:00:00:07'", "where every interface has its parent's"),
    ] {
      let text = lines(found(options, more, service: service))
      #expect(text.contains { $0.contains("error") && $0.contains(words) }, "\(text)")
    }
  }

  /// Of bridges it is one of each family.
  @Test(arguments: ["macvlan", "ipvlan"]) func networksOfOthersHaveSeveralSubnets(driver: String) throws {
    func found(_ config: String, address: String = "ipv4_address: 10.2.0.9") -> Diagnosed<LoadedStack> {
      load(
        """
        services: {web: {image: nginx, networks: {x: {\(address)}}}}
        networks: {x: {driver: \(driver), driver_opts: {parent: eth0}, enable_ipv6: true, ipam: {config: [\(config)]}}}
        """)
    }
    let good = "{subnet: 10.1.0.0/16}, {subnet: 'fd00:1::/64'}, {subnet: 10.2.0.0/16, gateway: 10.2.0.254}, {subnet: 'fd00:2::/64'}"
    let network = try #require(found(good).value?.stack.networks.values.first, "\(lines(found(good)))")
    #expect(network.subnet == "10.1.0.0/16" && network.ipv6?.subnet == "fd00:1::/64" && network.requests == nil)
    #expect(network.furtherSubnets == [IPAMConfig(subnet: "10.2.0.0/16", gateway: "10.2.0.254"), IPAMConfig(subnet: "fd00:2::/64")])
    for (config, address, words) in [
      (good, "ipv4_address: 10.3.0.9", "10.3.0.9 is not in the subnet 10.1.0.0/16 or 10.2.0.0/16"),
      ("{subnet: 10.1.0.0/16}, {subnet: 10.1.2.0/24}", "", "overlaps 10.1.0.0/16"),
      ("{subnet: 10.1.0.0/16}, {subnet: 10.2.0.0/16, gateway: 10.1.0.1}", "", "gateway is not in the subnet"),
    ] {
      let text = lines(found(config, address: address))
      #expect(text.contains { $0.contains("error") && $0.contains(words) }, "\(text)")
    }
  }

  @Test func driversThatDoNotExistAreRefused() {
    for driver in ["overlay", "weave"] {
      let found = lines(load("services: {web: {image: nginx, networks: [x]}}\nnetworks: {x: {driver: \(driver)}}"))
      #expect(found.contains { $0.contains("error") && $0.contains("driver") }, "\(found)")
    }
  }

  @Test func oneOfSeveralPortsIsChosen() throws {
    let stack = try #require(
      load("services: {web: {image: nginx, ports: ['127.0.0.1:8000-8002:80/udp', {target: 81, published: 9000-9001}]}}").value?.stack)
    var short = PortMapping(hostAddress: "127.0.0.1", published: nil, target: 80, transport: .udp)
    short.choices = 8000...8002
    var long = PortMapping(published: nil, target: 81)
    long.choices = 9000...9001
    #expect(stack.services["web"]?.options.ports == [short, long])
  }

  @Test func portsAreBehindTheHostsRules() throws {
    let text = "services: {web: {image: nginx, ports: [\"80:80\", 443]}, db: {image: nginx, profiles: [x], ports: [5432]}}"
    let stack = try #require(load("x-muster: {ports_firewall: host}\n" + text).value?.stack)
    #expect(stack.services["web"]?.options.ports.map(\.firewall) == [.host, .host])
    #expect(stack.disabledServices["db"]?.options.ports.map(\.firewall) == [.host])
    #expect(load(text).value?.stack.services["web"]?.options.ports.map(\.firewall) == [nil, nil])
    let wrong = lines(load("x-muster: {ports_firewall: open}\n" + text))
    #expect(wrong.contains { $0.contains("ports_firewall") }, "\(wrong)")
  }

  @Test(arguments: [
    ("none", UnhealthyReaction.none), ("restart", .restart(maximum: nil)), ("restart:3", .restart(maximum: 3)), ("restart:0", nil),
    ("always", nil),
  ]) func whatHappensToTheUnhealthy(text: String, reaction: UnhealthyReaction?) throws {
    let loaded = load("services: {web: {image: nginx, x-muster: {on_unhealthy: \"\(text)\"}}}")
    #expect(loaded.value?.stack.services["web"]?.options.onUnhealthy == reaction)
    #expect(lines(loaded).isEmpty == (reaction != nil), "\(lines(loaded))")
  }

  @Test(arguments: [
    ("auto", ImageUpdates(.auto)), ("{policy: notify, interval: 6h}", ImageUpdates(.notify, every: .seconds(21_600))),
    ("{policy: manual}", ImageUpdates(.manual)), ("always", nil), ("{interval: 6h}", nil), ("{policy: auto, interval: 59s}", nil),
    ("{policy: auto, often: yes}", nil), ("{policy: auto, interval: soon}", nil), ("[auto]", nil),
  ]) func whoseImagesAreLookedAfter(text: String, updates: ImageUpdates?) throws {
    let loaded = load("services: {web: {image: nginx, x-muster: {update: \(text)}}}")
    #expect(loaded.value?.stack.services["web"]?.options.imageUpdates == updates)
    #expect(lines(loaded).isEmpty == (updates != nil), "\(lines(loaded))")
  }

  @Test func stacksAndVolumesAreProtected() throws {
    let loaded = load(
      """
      x-muster: {protect: true}
      services: {web: {image: nginx, volumes: ["a:/a", "b:/b", "c:/c"]}}
      volumes: {a: {x-muster: {protect: true}}, b: {x-muster: {protect: false}}, c: {}}
      """)
    let stack = try #require(loaded.value?.stack, "\(lines(loaded))")
    #expect(lines(loaded) == [] && stack.isProtected == true)
    #expect(stack.volumes.values.filter { $0.isProtected == true }.map(\.key) == ["a"])
    #expect(load("services: {web: {image: nginx}}").value?.stack.isProtected == nil)
    for text in ["x-muster: {protect: perhaps}", "x-muster: {protects: true}"] {
      let wrong = load("\(text)\nservices: {web: {image: nginx}}")
      #expect(lines(wrong).contains { $0.contains("protect") }, "\(lines(wrong))")
    }
  }

  @Test(arguments: ["reload", "signal", "signal SIGHUP now", "[restart]", "3"])
  func changesThatAreNone(text: String) {
    let loaded = load("services: {web: {image: nginx, x-muster: {on_secret_change: \(text)}}}")
    #expect(
      lines(loaded).count == 1 && lines(loaded).first?.contains("on_secret_change") == true && loaded.value == nil, "\(lines(loaded))")
  }
}
