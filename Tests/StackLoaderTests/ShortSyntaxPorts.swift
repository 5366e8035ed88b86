import StackModel
import Testing

@testable import StackLoader

/// `ports`, `expose`, `links`, `extra_hosts`, `networks`.
@Suite struct ShortSyntaxPorts {
  private static func port(
    _ published: UInt16?, _ target: UInt16, _ transport: PortMapping.Transport = .tcp, at address: String? = nil
  ) -> PortMapping { PortMapping(hostAddress: address, published: published, target: target, transport: transport) }

  static let ports: [ShortForm<[PortMapping]>] = [
    .init("[3000]", [port(nil, 3000)]), .init("[\"3000\"]", [port(nil, 3000)]),
    .init("[\"3000-3002\"]", [port(nil, 3000), port(nil, 3001), port(nil, 3002)]), .init("[\"8000:8000\"]", [port(8000, 8000)]),
    .init("[\"9090-9091:8080-8081\"]", [port(9090, 8080), port(9091, 8081)]), .init("[\"49100:22\"]", [port(49100, 22)]),
    .init("[22:22]", [port(22, 22)]), .init("[\"127.0.0.1:8001:8001\"]", [port(8001, 8001, at: "127.0.0.1")]),
    .init("[\"127.0.0.1:5000-5001:5000-5001\"]", [port(5000, 5000, at: "127.0.0.1"), port(5001, 5001, at: "127.0.0.1")]),
    .init("[\"127.0.0.1::5000\"]", [port(nil, 5000, at: "127.0.0.1")]), .init("[\"6060:6060/udp\"]", [port(6060, 6060, .udp)]),
    .init("[\"[::1]:80:80\"]", [port(80, 80, at: "::1")]), .init("[\"[::1]::80\"]", [port(nil, 80, at: "::1")]),
    .init("[\":80\"]", [port(nil, 80)]), .init("[\"0:80\"]", [port(nil, 80)]), .init("[\"80/TCP\"]", [port(nil, 80)]),
    .init("[\"080:80\"]", [port(80, 80)]), .init("[\"80-80:80-80\"]", [port(80, 80)]), .init("[\"80:80\", \"80:80\"]", [port(80, 80)]),
    .init("[\"53:53\", \"53:53/udp\"]", [port(53, 53), port(53, 53, .udp)]), .init("[{target: 80}]", [port(nil, 80)]),
    .init("[{target: \"80\", published: 8080, protocol: udp, host_ip: 127.0.0.1}]", [port(8080, 80, .udp, at: "127.0.0.1")]),
    .init("[{target: 80, published: \"8080\", host_ip: \"::1\", mode: host}]", [port(8080, 80, at: "::1")]),
    .init("[\"80:0\"]", refused: "has \"0\" where a port is expected"), .init("[0]", refused: "has \"0\" where a port is expected"),
    .init("[65536]", refused: "has \"65536\" where a port is expected"), .init("[80.5]", refused: "has \"80.5\" where a port"),
    .init("[\"80/xyz\"]", refused: "has the protocol \"xyz\""), .init("[\"80:80-81\"]", refused: "maps 1 host ports to 2"),
    .init("[\"80-81:80-82\"]", refused: "maps 2 host ports to 3"), .init("[\"a:80\"]", refused: "has \"a\" where a port is expected"),
    .init("[\"300.0.0.1:80:80\"]", refused: "where an IP address is expected"),
    .init("[\"localhost:80:80\"]", refused: "where an IP address is expected"), .init("[\"80:\"]", refused: "has no container port"),
    .init("[\"\"]", refused: "has no container port"), .init("[\"81-80:80\"]", refused: "ends before it starts"),
    .init("[\"::1:80:80\"]", refused: "has an IPv6 address without brackets | write it as [::1]"),
    .init("[\"80:80:80:80\"]", refused: "where an IP address"),
    .init("[\"1.2.3.4:80\"]", refused: "has \"1.2.3.4\" where a port"), .init("[\" 80:80\"]", refused: "where a port is expected"),
    .init("[{published: 80}]", refused: "has no target"), .init("[{target: \"80-81\"}]", refused: "has the target \"80-81\""),
    .init("[{target: 80, mode: swarm}]", refused: "has the mode \"swarm\""),
    .init("[{target: 80, host_ip: there}]", refused: "where an IP address is expected"),
    .init("[\"80:80\", \"80:81\"]", refused: "publishes port 80/tcp twice, to 80 and to 81"),
  ]
  @Test(arguments: ports) func readsPorts(_ form: ShortForm<[PortMapping]>) { form.check("ports", \.options.ports) }

  /// Right, and not to be had here: told about beside the value.
  @Test func portsThatAreOnlyAskedFor() throws {
    let found = service("ports: [\"127.0.0.1:90:91/sctp\", {target: 1, name: web, app_protocol: http, mode: host}]")
    let requests = try #require(found.service?.requests?.ports, "\(found.lines)")
    var sctp = PortRequest(target: 91, transport: "sctp"), named = PortRequest(target: 1)
    sctp.published = 90...90
    sctp.hostAddress = "127.0.0.1"
    named.name = "web"
    named.appProtocol = "http"
    named.mode = .host
    #expect(requests == [sctp, named])
    #expect(found.service?.options.ports == [PortMapping(published: nil, target: 1)])
    #expect(
      found.lines.filter { $0.contains("error MU0302") } == [
        "compose.yaml:4:13: error MU0302: service \"web\": the port \"127.0.0.1:90:91/sctp\" has the protocol \"sctp\", which is not supported yet by this version | tcp and udp can be published",
      ])
  }

  static let exposed: [ShortForm<[String]>] = [
    .init("[\"80\"]", ["80"]), .init("[80, 443]", ["80", "443"]), .init("[\"53/udp\"]", ["53/udp"]),
    .init("[\"80-90/tcp\"]", ["80-90/tcp"]),
    .init("[x]", refused: "expose \"x\" is not a port"), .init("[\"1-2-3\"]", refused: "is not a port"),
  ]
  @Test(arguments: exposed) func readsExpose(_ form: ShortForm<[String]>) { form.check("expose", \.options.exposedPorts) }

  static let links: [ShortForm<[Link]>] = [
    .init("[db]", [Link(service: "db", alias: "db")]), .init("[\"db:mysql\"]", [Link(service: "db", alias: "mysql")]),
    .init("[\"db:a:b\"]", refused: "links \"db:a:b\" is not understood"), .init("[\"\"]", refused: "links \"\" is not understood"),
    .init("[dbb]", refused: "depends on \"dbb\", which is not declared | did you mean \"db\"?"),
  ]
  @Test(arguments: links) func readsLinks(_ form: ShortForm<[Link]>) { form.check("links", \.options.links) }

  static let externalLinks: [ShortForm<[ExternalLink]?>] = [
    .init("[redis]", [ExternalLink(container: "redis", alias: "redis")]),
    .init("[\"database:mysql\"]", [ExternalLink(container: "database", alias: "mysql")]), .init("[]", nil),
    .init("[\"a:b:c\"]", refused: "external_links \"a:b:c\" is not understood"),
  ]
  @Test(arguments: externalLinks) func readsExternalLinks(_ form: ShortForm<[ExternalLink]?>) {
    form.check("external_links") { $0.options.externalLinks }
  }

  private static func host(_ address: String, _ name: String = "some") -> ExtraHost { ExtraHost(name: name, address: address) }
  static let hosts: [ShortForm<[ExtraHost]>] = [
    .init("[\"some=162.242.195.82\"]", [host("162.242.195.82")]), .init("[\"some:162.242.195.82\"]", [host("162.242.195.82")]),
    .init("[\"some=::1\"]", [host("::1")]), .init("[\"some:::1\"]", [host("::1")]), .init("[\"some=[::1]\"]", [host("::1")]),
    .init("[\"some=host-gateway\"]", [host("host-gateway")]), .init("{some: 1.2.3.4}", [host("1.2.3.4")]),
    .init("{some: [1.2.3.4, \"::1\"]}", [host("1.2.3.4"), host("::1")]),
    .init("{a: 1.2.3.4, b: 1.2.3.5}", [host("1.2.3.4", "a"), host("1.2.3.5", "b")]),
    .init("[some]", refused: "extra_hosts has \"\" as the address of \"some\""), .init("[\"=1.2.3.4\"]", refused: "extra_hosts has"),
    .init("[\"some=1.2\"]", refused: "extra_hosts has \"1.2\" as the address of \"some\""),
  ]
  @Test(arguments: hosts) func readsExtraHosts(_ form: ShortForm<[ExtraHost]>) { form.check("extra_hosts", \.options.extraHosts) }

  private static func on(_ attachments: StackModel.Attachment...) -> NetworkMode { .bridges(attachments) }
  static let networks: [ShortForm<NetworkMode>] = [
    .init("[back]", on(Attachment(network: "shop_back"))), .init("{back: }", on(Attachment(network: "shop_back"))),
    .init("[back, default]", on(Attachment(network: "shop_back"), Attachment(network: "shop_default"))),
    .init("[]", on(Attachment(network: "shop_default"))), .init("{}", on(Attachment(network: "shop_default"))),
    .init("{back: {aliases: [a, b], priority: 5}}", on(Attachment(network: "shop_back", aliases: ["a", "b"], priority: 5))),
    .init("{back: {ipv4_address: 10.1.0.5}}", on(Attachment(network: "shop_back", address: "10.1.0.5"))),
    .init("{back: {mac_address: \"02:42:AC:11:00:02\"}}", on(Attachment(network: "shop_back", mac: "02:42:ac:11:00:02"))),
    .init("[bak]", refused: "uses the network \"bak\", which is not declared | did you mean \"back\"?"),
    .init("{back: {ipv4_address: ten}}", refused: "ipv4_address \"ten\" is not an IPv4 address"),
    .init("{back: {ipv6_address: ten}}", refused: "ipv6_address \"ten\" is not an IPv6 address"),
    .init("{back: {interface_name: a-name-that-is-too-long}}", refused: "is not an interface's name"),
    .init("{back: {mac_address: \"ff:ff\"}}", refused: "is not the address of one interface"),
  ]
  @Test(arguments: networks) func readsNetworks(_ form: ShortForm<NetworkMode>) {
    form.check("networks", top: "networks: {back: {ipam: {config: [{subnet: 10.1.0.0/16}]}}}", \.options.network)
  }

  static let modes: [ShortForm<NetworkMode>] = [
    .init("host", .host), .init("none", .none), .init("\"service:db\"", .service("db")), .init("\"container:x\"", .container("x")),
    .init("bridge", on(Attachment(network: "shop_default"))), .init("\"\"", on(Attachment(network: "shop_default"))),
    .init("\"service:bd\"", refused: "depends on \"bd\", which is not declared | did you mean \"db\"?"),
    .init("slirp4netns", refused: "network_mode \"slirp4netns\" is not supported yet by this version"),
    .init("default2", refused: "network_mode \"default2\" is not supported"),
  ]
  @Test(arguments: modes) func readsNetworkMode(_ form: ShortForm<NetworkMode>) { form.check("network_mode", \.options.network) }
}
