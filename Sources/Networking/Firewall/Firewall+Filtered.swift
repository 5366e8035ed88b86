import Netlink

/// Ports of which the host's own rules decide (`ports_firewall: host`).
///
/// What is redirected to a container is forwarded, and never comes to where a host's rules of what comes in are (the hook `input`). So the first
/// packet of a connection to such a port is not redirected: it goes to the host as if a program of the host had the port. Where all rules of
/// others have let it in, this engine's own last one takes it and sends it into a pair of interfaces, out of which it comes as a new packet, with
/// its own sender, and that is redirected. All further packets of the connection go the usual way.
extension FirewallState {
  /// In `prerouting`: the host's containers come to published ports as ever; for others, the first packet goes on to `input`.
  var pastFiltered: [Rule] {
    guard let loop else { return [] }
    func goesOn(_ family: [Expression], _ isFiltered: [Expression]) -> Rule {
      Rule(.input(.notEqual, loop.far), family, .destinationIsLocal, isFiltered, [.verdict(.back)])
    }
    func asEver(_ family: [Expression]) -> Rule {
      Rule(.input(in: SetName.bridges.rawValue), family, .destinationIsLocal, [.verdict(.jump("published"))])
    }
    let four = [
      asEver(.isIPv4), goesOn(.isIPv4, .addressAndPort(in: SetName.filteredAddressPorts.rawValue)),
      goesOn(.isIPv4, .port(in: SetName.filteredPorts.rawValue)),
    ]
    guard speaksIPv6 else { return four }
    return four + [
      asEver(.isIPv6), goesOn(.isIPv6, .addressAndPort6(in: SetName.filteredAddressPorts6.rawValue)),
      goesOn(.isIPv6, .port(in: SetName.filteredPorts6.rawValue)),
    ]
  }

  func comingAgain(_ loop: Loop) -> Chain {
    comingAgain(
      loop, IPv4Address(0xA9FE_4D56).ipAddress,  // 169.254.77.86, which nobody has
      [.addressAndPort(in: SetName.filteredAddressPorts.rawValue), .port(in: SetName.filteredPorts.rawValue)])
  }

  func comingAgain6(_ loop: Loop) -> Chain {
    comingAgain(
      loop, IPv6Address(0xFE80 << 112 | 0x4D56).ipAddress,
      [.addressAndPort6(in: SetName.filteredAddressPorts6.rawValue), .port(in: SetName.filteredPorts6.rawValue)])
  }

  /// After every rule of others, and before the kernel takes note of the connection, which it does of the copy instead.
  private func comingAgain(_ loop: Loop, _ neighbour: IPAddress, _ matches: [[Expression]]) -> Chain {
    Chain(
      name: "input", hook: .init(.filter, .input, priority: .max - 1),
      rules: matches.map { isFiltered in
        Rule(
          .input(.notEqual, "lo"), .isNew, .destinationIsLocal, isFiltered, .copy(to: neighbour, device: loop.near), [.verdict(.drop)])
      })
  }
}
