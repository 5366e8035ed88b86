import Netlink

extension FirewallState {
  /// The table as a whole. Networks and ports are elements of its sets; its rules are always the same.
  func table(named name: String) -> Table {
    let elements = elements
    func set(_ name: SetName, _ key: [FieldType], _ data: [FieldType] = []) -> ElementSet {
      ElementSet(name: name.rawValue, key: key, data: data, elements: Array(elements[name] ?? []))
    }
    return Table(
      name: name,
      sets: [
        set(.bridges, [.interfaceName]),
        set(.internals, [.interfaceName]),
        set(.same, [.interfaceName, .interfaceName]),
        set(.separated, [.interfaceName, .interfaceName]),
        set(.masqueraded, [.interfaceName]),
        set(.selves, [.ipv4Address, .ipv4Address]),
        set(.ports, [.transport, .port], [.ipv4Address, .port]),
        set(.addressPorts, [.ipv4Address, .transport, .port], [.ipv4Address, .port]),
      ],
      chains: [published, loopback, prerouting, output, forward, postrouting])
  }

  private var published: Chain {
    Chain(
      name: "published",
      rules: [
        Rule(.isIPv4, .dnat(byAddressAndPort: SetName.addressPorts.rawValue)),
        Rule(.isIPv4, .dnat(byPort: SetName.ports.rawValue)),
      ])
  }

  /// Ports published on 127.0.0.1 make the bridges accept loopback addresses (`route_localnet`): nobody outside may use them
  /// (CVE-2020-8558, moby#45610).
  private var loopback: Chain {
    Chain(
      name: "loopback", hook: .init(.filter, .prerouting, priority: -300),
      rules: [
        Rule(.input(.notEqual, "lo"), .isIPv4, .destinationIsLoopback, [.verdict(.drop)]),
        Rule(.input(.notEqual, "lo"), .isIPv4, .sourceIsLoopback, [.verdict(.drop)]),
      ])
  }

  private var prerouting: Chain {
    Chain(
      name: "prerouting", hook: .init(.nat, .prerouting, priority: -100),
      rules: [Rule(.isIPv4, .destinationIsLocal, [.verdict(.jump("published"))])])
  }

  private var output: Chain {
    Chain(
      name: "output", hook: .init(.nat, .output, priority: -100),
      rules: [Rule(.isIPv4, .destinationIsLocal, [.verdict(.jump("published"))])])
  }

  /// Networks see the outside, each its own, and nothing sees them but through published ports. Internal networks see only their own.
  private var forward: Chain {
    let (bridges, internals, same) = (SetName.bridges.rawValue, SetName.internals.rawValue, SetName.same.rawValue)
    let separated = SetName.separated.rawValue
    return Chain(
      name: "forward", hook: .init(.filter, .forward, priority: 0),
      rules: [
        Rule(.isEstablished, [.verdict(.accept)]),
        // Ports of such a bridge are isolated from each other; this is for those who take the way over the host.
        Rule(.inputAndOutput(in: separated), .isRedirected, [.verdict(.accept)]),
        Rule(.inputAndOutput(in: separated), [.verdict(.drop)]),
        Rule(.inputAndOutput(in: same), [.verdict(.accept)]),
        Rule(.input(in: internals), [.verdict(.drop)]),
        Rule(.output(in: internals), [.verdict(.drop)]),
        Rule(.output(in: bridges), .isRedirected, [.verdict(.accept)]),
        Rule(.output(in: bridges), [.verdict(.drop)]),
      ])
  }

  private var postrouting: Chain {
    let (bridges, same) = (SetName.bridges.rawValue, SetName.same.rawValue)
    return Chain(
      name: "postrouting", hook: .init(.nat, .postrouting, priority: 100),
      rules: [
        // Outwards, containers speak with the host's address.
        Rule(.isIPv4, .input(in: SetName.masqueraded.rawValue), .output(in: bridges, negated: true), [.masquerade]),
        // A container that asks for a port published by its own network must get the answer by the same way.
        Rule(.isIPv4, .inputAndOutput(in: same), .isRedirected, [.masquerade]),
        // One that asks for its own. With br_netfilter the bridge sees this packet, which then has no incoming interface.
        Rule(.isIPv4, .sourceAndDestination(in: SetName.selves.rawValue), .isRedirected, [.masquerade]),
        // The host asking its own 127.0.0.1.
        Rule(.isIPv4, .sourceIsLoopback, .output(in: bridges), [.masquerade]),
      ])
  }
}
