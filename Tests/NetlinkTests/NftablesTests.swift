import Glibc
import Netlink
import Testing

@Suite struct NftablesTests {
  private func table(_ elements: [Element] = []) -> Table {
    Table(
      name: "muster_test",
      sets: [
        ElementSet(name: "bridges", key: [.interfaceName], elements: [Element(.interfaceName("mu-0123456789ab"))]),
        ElementSet(name: "pairs", key: [.interfaceName, .interfaceName], elements: [Element(.interfaceName("a"), .interfaceName("b"))]),
        ElementSet(name: "ports", key: [.transport, .port], data: [.ipv4Address, .port], elements: elements),
        ElementSet(name: "ports_at", key: [.ipv4Address, .transport, .port], data: [.ipv4Address, .port]),
      ],
      chains: [
        Chain(name: "published", rules: [Rule(.isIPv4, .dnat(byAddressAndPort: "ports_at")), Rule(.isIPv4, .dnat(byPort: "ports"))]),
        Chain(
          name: "prerouting", hook: .init(.nat, .prerouting, priority: -100),
          rules: [Rule(.isIPv4, .destinationIsLocal, [.verdict(.jump("published"))])]),
        Chain(
          name: "forward", hook: .init(.filter, .forward, priority: 0),
          rules: [
            Rule(.isEstablished, [.verdict(.accept)]), Rule(.inputAndOutput(in: "pairs"), [.verdict(.accept)]),
            Rule(.output(in: "bridges"), .isRedirected, [.verdict(.accept)]), Rule(.output(in: "bridges"), [.verdict(.drop)]),
          ]),
        Chain(
          name: "postrouting", hook: .init(.nat, .postrouting, priority: 100),
          rules: [
            Rule(.input(in: "bridges"), .output(in: "bridges", negated: true), [.masquerade]),
            Rule(.isIPv4, .sourceIsLoopback, .output(in: "bridges"), [.masquerade]),
          ]),
      ])
  }

  private func element(_ port: UInt16, to address: String) throws -> Element {
    Element(.transport(6), .port(port), data: [.ipv4Address(try #require(IPv4Address(address))), .port(80)])
  }

  /// What the kernel has, in nft's words.
  private func listing() throws -> String { try run("nft", "list", "ruleset") }

  @Test func nftReadsWhatWasWritten() throws {
    try inPrivateNetwork {
      var socket = try NftablesSocket()
      let table = try table([element(8080, to: "172.18.0.2")])
      try socket.commit { $0.replace(table) }
      #expect(try socket.tables() == ["muster_test"])
      let text = try listing()
      for line in [
        "type inet_proto . inet_service : ipv4_addr . inet_service", "elements = { tcp . 8080 : 172.18.0.2 . 80 }",
        "elements = { \"mu-0123456789ab\" }", "fib daddr type local jump published",
        "dnat ip to ip daddr . meta l4proto . th dport map @ports_at", "dnat ip to meta l4proto . th dport map @ports",
        "ct state established,related accept", "iifname . oifname @pairs accept", "oifname @bridges ct status dnat accept",
        "oifname @bridges drop", "iifname @bridges oifname != @bridges masquerade",
        "ip saddr 127.0.0.0/8 oifname @bridges masquerade", "type nat hook prerouting priority dstnat; policy accept;",
      ] { #expect(text.contains(line), "\(line)\nin\n\(text)") }
    }
  }

  @Test func nftReadsWhatWasWrittenOfIPv6() throws {
    try inPrivateNetwork {
      var socket = try NftablesSocket()
      let address = try #require(IPv6Address("fd00::2"))
      let data: [Field] = [.ipv6Address(address), .port(80)]
      let table = Table(
        name: "muster_test",
        sets: [
          ElementSet(
            name: "ports6", key: [.transport, .port], data: [.ipv6Address, .port],
            elements: [Element(.transport(6), .port(8080), data: data)]),
          ElementSet(
            name: "ports_at6", key: [.ipv6Address, .transport, .port], data: [.ipv6Address, .port],
            elements: [Element(.ipv6Address(IPv6Address(1)), .transport(17), .port(53), data: data)]),
          ElementSet(name: "selves6", key: [.ipv6Address, .ipv6Address], elements: [Element(data[0], data[0])]),
        ],
        chains: [
          Chain(
            name: "prerouting", hook: .init(.nat, .prerouting, priority: -100),
            rules: [
              Rule(.isIPv6, .destinationIsLocal, .dnat6(byAddressAndPort: "ports_at6")), Rule(.isIPv6, .dnat6(byPort: "ports6")),
            ]),
          Chain(
            name: "postrouting", hook: .init(.nat, .postrouting, priority: 100),
            rules: [
              Rule(.isIPv6, .sourceAndDestination6(in: "selves6"), .isRedirected, [.masquerade]),
              Rule(.isIPv6, .destinationIsNotLoopback6, [.masquerade]),
            ]),
        ])
      try socket.commit { $0.replace(table) }
      let text = try listing()
      for line in [
        "elements = { tcp . 8080 : fd00::2 . 80 }", "elements = { ::1 . udp . 53 : fd00::2 . 80 }", "elements = { fd00::2 . fd00::2 }",
        "dnat ip6 to ip6 daddr . meta l4proto . th dport map @ports_at6", "dnat ip6 to meta l4proto . th dport map @ports6",
        "ip6 saddr . ip6 daddr @selves6 ct status dnat masquerade", "ip6 daddr != ::1 masquerade",
      ] { #expect(text.contains(line), "\(line)\nin\n\(text)") }
    }
  }

  @Test func elementsComeAndGo() throws {
    try inPrivateNetwork {
      var socket = try NftablesSocket()
      let empty = table()
      try socket.commit { $0.replace(empty) }
      let many = try (1...600).map { try element(UInt16($0), to: "10.0.0.1") }
      try socket.commit { $0.add(many, to: "ports", of: "muster_test") }
      #expect(try listing().split(separator: " : ").count == 1 + 2 + 600)
      try socket.commit { $0.delete(Array(many.dropFirst()), from: "ports", of: "muster_test") }
      #expect(try listing().contains("elements = { tcp . 1 : 10.0.0.1 . 80 }"))
      try socket.commit { $0.replace(empty) }
      #expect(try !listing().contains("10.0.0.1"))
      try socket.commit { $0.deleteTable("muster_test") }
      #expect(try listing() == "")
    }
  }

  @Test func aTransactionIsAllOrNothing() throws {
    try inPrivateNetwork {
      var socket = try NftablesSocket()
      let table = try table([element(80, to: "10.0.0.1")])
      try socket.commit { $0.replace(table) }
      let (new, absent) = try (element(81, to: "10.0.0.1"), element(82, to: "10.0.0.1"))
      #expect {
        try socket.commit {
          $0.add([new], to: "ports", of: "muster_test")
          $0.delete([absent], from: "ports", of: "muster_test")
        }
      } throws: { ($0 as? NetlinkError)?.errno == ENOENT && ($0 as? NetlinkError)?.operation == "nftables: delete elements of ports" }
      #expect(try listing().contains("elements = { tcp . 80 : 10.0.0.1 . 80 }"))
    }
  }
}
