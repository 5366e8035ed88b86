import Netlink

extension FirewallState {
  /// The table as a whole, and of a family each a small one when ports are behind the host's own rules. Networks and ports are elements of its sets; its rules are always the same, but for those of IPv6, which are there
  /// when a network has it.
  func tables(named name: String) -> [Table] {
    let elements = elements
    func set(_ name: SetName, _ key: [FieldType], _ data: [FieldType] = []) -> ElementSet {
      ElementSet(name: name.rawValue, key: key, data: data, elements: Array(elements[name] ?? []))
    }
    let filtered = [
      set(.filteredPorts, [.transport, .port]), set(.filteredAddressPorts, [.ipv4Address, .transport, .port]),
    ]
    let filtered6 = ifIPv6([
      set(.filteredPorts6, [.transport, .port]), set(.filteredAddressPorts6, [.ipv6Address, .transport, .port]),
    ])
    let whole = Table(
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
      ]
        + ifIPv6([
          set(.selves6, [.ipv6Address, .ipv6Address]),
          set(.ports6, [.transport, .port], [.ipv6Address, .port]),
          set(.addressPorts6, [.ipv6Address, .transport, .port], [.ipv6Address, .port]),
        ])
        + ifBalancing([
          set(.sharedPorts, [.mark, .transport, .port], [.ipv4Address, .port]),
          set(.sharedAddressPorts, [.mark, .ipv4Address, .transport, .port], [.ipv4Address, .port]),
        ])
        + ifBalancing(
          ifIPv6([
            set(.sharedPorts6, [.mark, .transport, .port], [.ipv6Address, .port]),
            set(.sharedAddressPorts6, [.mark, .ipv6Address, .transport, .port], [.ipv6Address, .port]),
          ]))
        + (loop == nil ? [] : filtered + filtered6),
      chains: [published, loopback, prerouting, output, forward, postrouting])
    guard let loop else { return [whole] }
    return [whole, Table(name: name, family: .ipv4, sets: filtered, chains: [comingAgain(loop)])]
      + ifIPv6([Table(name: name, family: .ipv6, sets: filtered6, chains: [comingAgain6(loop)])])
  }

  private func ifIPv6<Part>(_ parts: [Part]) -> [Part] { speaksIPv6 ? parts : [] }

  private func ifBalancing<Part>(_ parts: [Part]) -> [Part] { balances ? parts : [] }

  /// A port of one address comes before that port of all.
  private var published: Chain {
    let slots = FirewallState.slots
    let four =
      [Rule(.isIPv4, .dnat(byAddressAndPort: SetName.addressPorts.rawValue))]
      + ifBalancing([Rule(.isIPv4, .dnat(byAddressAndPort: SetName.sharedAddressPorts.rawValue, slots: slots))])
      + [Rule(.isIPv4, .dnat(byPort: SetName.ports.rawValue))]
      + ifBalancing([Rule(.isIPv4, .dnat(byPort: SetName.sharedPorts.rawValue, slots: slots))])
    let six =
      [Rule(.isIPv6, .dnat6(byAddressAndPort: SetName.addressPorts6.rawValue))]
      + ifBalancing([Rule(.isIPv6, .dnat6(byAddressAndPort: SetName.sharedAddressPorts6.rawValue, slots: slots))])
      + [Rule(.isIPv6, .dnat6(byPort: SetName.ports6.rawValue))]
      + ifBalancing([Rule(.isIPv6, .dnat6(byPort: SetName.sharedPorts6.rawValue, slots: slots))])
    return Chain(name: "published", rules: four + ifIPv6(six))
  }

  /// Ports published on 127.0.0.1 make the bridges accept loopback addresses (`route_localnet`): nobody outside may use them
  /// (CVE-2020-8558, moby#45610). Of IPv6 the kernel itself takes none from outside.
  private var loopback: Chain {
    Chain(
      name: "loopback", hook: .init(.filter, .prerouting, priority: -300),
      rules: [
        Rule(.input(.notEqual, "lo"), .isIPv4, .destinationIsLoopback, [.verdict(.drop)]),
        Rule(.input(.notEqual, "lo"), .isIPv4, .sourceIsLoopback, [.verdict(.drop)]),
      ])
  }

  private func toPublished(_ family: [Expression]) -> Rule { Rule(family, .destinationIsLocal, [.verdict(.jump("published"))]) }

  private var prerouting: Chain {
    Chain(
      name: "prerouting", hook: .init(.nat, .prerouting, priority: -100),
      rules: pastFiltered + [toPublished(.isIPv4)] + ifIPv6([toPublished(.isIPv6)]))
  }

  /// The answers to what the kernel would send with ::1 as its source do not come back to it: there is no `route_localnet` of IPv6. Who asks
  /// there is refused at once, and turns to 127.0.0.1.
  private var output: Chain {
    Chain(
      name: "output", hook: .init(.nat, .output, priority: -100),
      rules: [toPublished(.isIPv4)] + ifIPv6([toPublished(.isIPv6 + .destinationIsNotLoopback6)]))
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
    let bridges = SetName.bridges.rawValue
    return Chain(
      name: "postrouting", hook: .init(.nat, .postrouting, priority: 100),
      rules: sources(.isIPv4, .sourceAndDestination(in: SetName.selves.rawValue))
        // The host asking its own 127.0.0.1.
        + [Rule(.isIPv4, .sourceIsLoopback, .output(in: bridges), [.masquerade])]
        + ifIPv6(sources(.isIPv6, .sourceAndDestination6(in: SetName.selves6.rawValue))))
  }

  private func sources(_ family: [Expression], _ isItself: [Expression]) -> [Rule] {
    [
      // Outwards, containers speak with the host's address.
      Rule(family, .input(in: SetName.masqueraded.rawValue), .output(in: SetName.bridges.rawValue, negated: true), [.masquerade]),
      // A container that asks for a port published by its own network must get the answer by the same way.
      Rule(family, .inputAndOutput(in: SetName.same.rawValue), .isRedirected, [.masquerade]),
      // One that asks for its own. With br_netfilter the bridge sees this packet, which then has no incoming interface.
      Rule(family, isItself, .isRedirected, [.masquerade]),
    ]
  }
}
