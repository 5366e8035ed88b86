import Diagnostics
import StackModel
import Testing

@testable import StackLoader

/// What a file must not say although the schema allows it, and exactly what is said about it.
@Suite struct RuleTests {
  struct Rule: Sendable, CustomTestStringConvertible {
    var text: String
    var expected: [String]
    init(_ text: String, _ expected: String...) {
      self.text = text
      self.expected = expected
    }
    var testDescription: String { String(text.prefix(80)) }
  }

  static let rules: [Rule] = [
    Rule(
      "services:\n  a: {image: x, ports: [\"80:80\", \"443:1\"]}\n  b: {image: x, ports: [\"127.0.0.1:80:81\", \"443:1/udp\"]}\n",
      "compose.yaml:3:25: error MU0405: service \"b\" publishes port 80/tcp of 127.0.0.1, which service \"a\" publishes too | give each its own host port"
    ),
    Rule("services:\n  a: {image: x, ports: [\"127.0.0.1:80:80\"]}\n  b: {image: x, ports: [\"127.0.0.2:80:80\", \"[::1]:80:80\"]}\n"),
    Rule("services:\n  a: {image: x, ports: [\"80:80\"]}\n  b: {image: x, ports: [\"80:80\"], profiles: [p]}\n"),
    Rule(
      "services:\n  a: {image: x, container_name: one}\n  b: {image: x, container_name: one}\n  c: {image: x, container_name: one, profiles: [p]}\n",
      "compose.yaml:3:33: error MU0406: service \"b\": the container_name \"one\" is service \"a\"'s too | choose another, or remove it"),
  ]

  static let circles: [(String, String)] = [
    ("a: {image: x, network_mode: \"service:b\"}\n  b: {image: x, network_mode: \"service:a\"}", "compose.yaml:3:31"),
    ("a: {image: x, ipc: \"service:b\"}\n  b: {image: x, depends_on: [a]}", "compose.yaml:3:30"),
    ("a: {image: x, volumes_from: [b]}\n  b: {image: x, links: [a]}", "compose.yaml:3:25"),
    ("a: {image: x, pid: \"service:b\"}\n  b: {image: x, volumes_from: [\"a:ro\"]}", "compose.yaml:3:32"),
  ]
  @Test(arguments: circles) func noServicesWaitForEachOther(_ services: String, _ place: String) {
    let said = lines(load("services:\n  \(services)\n")).filter { $0.contains("MU0402") }
    #expect(said == ["\(place): error MU0402: services wait for each other: a → b → a | remove one of these dependencies"])
  }

  @Test(arguments: rules) func says(_ rule: Rule) { #expect(lines(load(rule.text)) == rule.expected) }

  /// Keys of a service, and what is said about them.
  static let ofServices: [Rule] = [
    Rule(
      "network_mode: \"service:db\"\nhostname: h\nlinks: []",
      "compose.yaml:5:15: error MU0306: service \"web\" has hostname and no network of its own | remove hostname, or write it where the network is"
    ),
    Rule(
      "network_mode: host\nlinks: [db]",
      "compose.yaml:5:12: error MU0306: service \"web\" has links and no network of its own | remove links, or write it where the network is"
    ),
    Rule("network_mode: none\nnetworks: []"),
    Rule(
      "healthcheck: {disable: true, test: x}",
      "compose.yaml:4:40: warning MU0303: service \"web\": the healthcheck is disabled and has a test | keep one of them"),
    Rule(
      "volumes: [./a:/x, ./b:/x/]",
      "compose.yaml:4:23: warning MU0308: service \"web\": volumes has two mounts at /x; the later one is used | keep one of them; the other is in line 4, column 15"
    ),
    Rule(
      "volumes: [./a:/x]\ntmpfs: /x",
      "compose.yaml:5:12: error MU0306: service \"web\": there are both a tmpfs and a volume at /x | keep one of them"),
    Rule(
      "deploy: {resources: {limits: {cpus: 1}, reservations: {cpus: 2}}}",
      "compose.yaml:4:66: error MU0306: service \"web\" reserves more cores than its limit allows | reserve at most 1"),
    Rule(
      "deploy: {mode: globl}",
      "compose.yaml:4:20: error MU0305: service \"web\", deploy: mode \"globl\" is not known | did you mean \"global\"?"),
    Rule(
      "deploy: {mode: replicated-job}",
      "compose.yaml:4:20: error MU0302: service \"web\", deploy: mode \"replicated-job\" is not supported yet by this version | write it as a service that others depend on with condition: service_completed_successfully"
    ),
    Rule(
      "runtime: kata",
      "compose.yaml:4:14: error MU0302: service \"web\": runtime \"kata\" is not supported yet by this version | remove it; Muster has its own runtime"
    ),
    Rule(
      "security_opt: [\"label=type:svirt\", \"label=disable\"]",
      "compose.yaml:4:20: error MU0302: service \"web\": security_opt \"label=type:svirt\" is not supported yet by this version | there are no-new-privileges:true, seccomp=FILE, apparmor=NAME (each may be unconfined) and systempaths=unconfined",
      "compose.yaml:4:40: warning MU0303: service \"web\": security_opt \"label=disable\" has no effect | containers have no SELinux label to begin with"
    ),
    Rule(
      "logging: {driver: gelf, options: {gelf-address: x}}",
      "compose.yaml:4:23: error MU0302: service \"web\", logging: driver \"gelf\" is not supported yet by this version | there are json-file, local, syslog, journald and none"
    ),
    Rule(
      "network_mode: \"container:\"",
      "compose.yaml:4:19: error MU0302: service \"web\": network_mode \"container:\" is not supported yet by this version | there are host, none, service:NAME and container:NAME; without it the stack's own network is used"
    ),
  ]
  @Test(arguments: ofServices) func saysAboutAService(_ rule: Rule) {
    // What the key table says about the keys themselves is not this test's.
    let said = service(rule.text, top: "  db: {image: y}").lines.filter { !$0.contains("reservations: \"cpus\"") }
    #expect(said == rule.expected)
  }

  /// The top level beside a service.
  static let ofTheTop: [Rule] = [
    Rule(
      "networks: {n: {external: {name: a}, name: b}}",
      "compose.yaml:3:33: error MU0306: network \"n\" has both name and external.name | keep name"),
    Rule(
      "volumes: {v: {external: {name: a}, labels: {b: c}}}",
      "compose.yaml:3:36: error MU0306: volume \"v\" is external and has \"labels\" | what is external is made elsewhere; it has a name at most"
    ),
    Rule(
      "networks: {n: {ipam: {config: [{subnet: 10.9.0.0/16, aux_addresses: {host: ten}}]}}}",
      "compose.yaml:3:76: error MU0305: network \"n\", ipam: aux_addresses.host \"ten\" is not an IP address"),
    Rule(
      "secrets: {s: {file: 'C:\\s'}}",
      "compose.yaml:3:21: error MU0305: secret \"s\": \"C:\\s\" is a path of Windows | this machine runs Linux; write the path as /srv/data or ./data"
    ),
  ]
  @Test(arguments: ofTheTop) func saysAboutTheTop(_ rule: Rule) {
    let said = lines(load("services:\n  web: {image: x}\n\(rule.text)\n")).filter { !$0.contains("\"aux_addresses\"") }
    #expect(said == rule.expected)
  }

  /// One machine has one runtime: that is told once.
  @Test func runtimesAreToldOnce() {
    let loaded = load("services:\n  a: {image: x, runtime: runc}\n  b: {image: x, runtime: crun}\n")
    #expect(loaded.diagnostics.map(\.finding) == [Finding(field: "services.a.runtime", support: .equivalent)])
  }

  /// A finding names its field as a path, whatever form it is written in.
  @Test(arguments: [
    ("userns_mode: keep-id", "services.web.userns_mode"), ("build: {context: ., network: mine}", "services.web.build.network"),
    ("ports: [\"80:80/sctp\"]", "services.web.ports"), ("volumes: [{type: npipe, source: a, target: /a}]", "services.web.volumes.type"),
    ("deploy: {mode: global-job}", "services.web.deploy.mode"), ("logging: {driver: gelf}", "services.web.logging.driver"),
    ("logging: {options: {mode: non-blocking}}", "services.web.logging.options.mode"), ("devices: [a.b/c=d]", "services.web.devices"),
    ("pid: shareable", "services.web.pid"),
  ])
  func findingsNameTheirFields(_ keys: String, _ field: String) {
    let loaded = load("services:\n  web:\n    image: x\n    \(keys)\n")
    #expect(loaded.diagnostics.map(\.finding?.field) == [field], "\(lines(loaded))")
    #expect(loaded.value != nil)
  }

  @Test func findingsOfTheTopNameTheirFields() {
    let loaded = load(
      "services: {web: {image: x}}\nnetworks: {n: {driver: overlay, ipam: {driver: x}}}\nvolumes: {v: {driver: nfs}}\n"
    )
    #expect(
      loaded.diagnostics.compactMap(\.finding?.field).sorted()
        == ["networks.n.driver", "networks.n.ipam.driver", "volumes.v.driver"])
  }

  /// A service that a provider stands for needs no image.
  @Test func providersNeedNoImage() throws {
    let loaded = load("services: {db: {provider: {type: cloud, options: {type: mysql, sizes: [1, 2]}}}}")
    #expect(
      loaded.value?.stack.services["db"]?.requests?.provider
        == Provider(type: "cloud", options: ["type": ["mysql"], "sizes": ["1", "2"]]),
      "\(lines(loaded))")
  }
}
