import Diagnostics
import StackModel

extension TopLevelDecoder {
  /// `enable_ipv4`, `enable_ipv6` and `ipam`: a network has one subnet of each family that it speaks, as Docker's bridges have; one of the drivers
  /// `macvlan` and `ipvlan` has several.
  func decodeAddresses(_ fields: Fields, into network: inout Network, _ requests: inout NetworkRequests) {
    let speaksIPv6 = fields.bool("enable_ipv6") ?? false
    let speaksIPv4 = fields.bool("enable_ipv4") ?? true
    if speaksIPv6 { network.ipv6 = IPAMConfig() }
    if !speaksIPv4 { network.hasNoIPv4 = true }
    if !speaksIPv4, !speaksIPv6, !network.isExternal {
      report.error(
        .conflict, fields.place("enable_ipv4"), "\(fields.subject) has neither IPv4 nor IPv6", hint: "add enable_ipv6: true")
    }
    guard let ipam = fields.child("ipam") else { return }
    if let driver = ipam.node["driver"], let text = driver.text, text != "default", !text.isEmpty {
      ipam.refuse("driver", driver, hint: "remove it")
      requests.addressDriver = text
    }
    requests.addressOptions = ipam.options("options")
    var has: (ipv4: Bool, ipv6: Bool) = (false, false)
    for item in ipam.mappings("config") {
      let config = Fields(node: item.node, subject: ipam.subject, path: item.path, report: report)
      let pool = pool(config)
      let isIPv6 = pool.isIPv6
      let family = isIPv6 ? "IPv6" : "IPv4"
      if isIPv6 ? !speaksIPv6 : !speaksIPv4 {
        ipam.remark(
          "config", .approximate, config.node.place, "a subnet of \(family) is not used, since the network has no \(family)",
          hint: isIPv6 ? "add enable_ipv6: true, or remove the subnet" : "remove the subnet, or enable_ipv4: false")
        requests.pools = (requests.pools ?? []) + [pool]
        continue
      }
      if isIPv6 ? has.ipv6 : has.ipv4, !network.isOuter {
        ipam.refuse("config", config.node, hint: "a bridge has one subnet of \(family), here as in Docker")
        requests.pools = (requests.pools ?? []) + [pool]
        continue
      }
      check(pool, config, family)
      if isIPv6 ? has.ipv6 : has.ipv4 {
        checkFurther(pool, config, network)
        network.furtherSubnets = (network.furtherSubnets ?? []) + [pool]
        continue
      }
      if isIPv6 {
        has.ipv6 = true
        network.ipv6 = pool
      } else {
        has.ipv4 = true
        (network.subnet, network.range, network.gateway) = (pool.subnet, pool.range, pool.gateway)
        network.reserved = pool.reserved.isEmpty ? nil : pool.reserved
      }
    }
  }

  /// One beside the first is a subnet of its own.
  private func checkFurther(_ pool: IPAMConfig, _ config: Fields, _ network: Network) {
    guard let text = pool.subnet else {
      report.error(.conflict, config.node.place, "\(config.subject): a further entry has no subnet", hint: "add subnet")
      return
    }
    let first = pool.isIPv6 ? network.ipv6?.subnet : network.subnet
    for other in [first].compactMap({ $0 }) + network.furtherSubnets(ofIPv6: pool.isIPv6).compactMap(\.subnet) {
      guard let own = IP.Range(text), let theirs = IP.Range(other), own.overlaps(theirs) else { continue }
      report.error(
        .conflict, config.place("subnet"), "\(config.subject): the subnet \(text) overlaps \(other) of the same network",
        hint: "choose another")
    }
  }

  private func pool(_ config: Fields) -> IPAMConfig {
    func text(_ key: String) -> String? { config.text(key).flatMap { $0.isEmpty ? nil : $0 } }
    return IPAMConfig(
      subnet: text("subnet"), range: text("ip_range"), gateway: text("gateway"), reserved: config.pairs("aux_addresses"))
  }

  /// Whether everything in the entry is of one family, and inside the subnet.
  private func check(_ pool: IPAMConfig, _ config: Fields, _ family: String) {
    func wrong(_ key: String, _ text: String, _ wanted: String, _ hint: String? = nil) {
      report.error(.invalidValue, config.place(key), "\(config.subject): \(key) \"\(text)\" is not \(wanted)", hint: hint)
    }
    let examples = family == "IPv6" ? ("fd12:3456:789a:1::/64", "fd12:3456:789a:1::100/120") : ("172.28.0.0/16", "172.28.5.0/24")
    for (key, text, example) in [("subnet", pool.subnet, examples.0), ("ip_range", pool.range, examples.1)] {
      if let text, IP.Range(text)?.family != family { wrong(key, text, "an \(family) network as \(example)") }
    }
    if let text = pool.gateway, IP(text)?.family != family { wrong("gateway", text, "an \(family) address") }
    for (name, text) in pool.reserved.sorted(by: { $0.key < $1.key }) where IP(text)?.family != family {
      report.error(
        .invalidValue, config.node["aux_addresses"]?[name]?.place ?? config.place("aux_addresses"),
        "\(config.subject): aux_addresses.\(name) \"\(text)\" is not an \(isAddress(text) ? family : "IP") address")
    }
    guard let subnet = pool.subnet, let range = IP.Range(subnet) else {
      if pool.gateway != nil || pool.range != nil || !pool.reserved.isEmpty {
        report.error(
          .conflict, config.node.place, "\(config.subject): gateway, ip_range and aux_addresses need a subnet", hint: "add subnet")
      }
      return
    }
    let inner = [("gateway", pool.gateway), ("ip_range", pool.range?.split(separator: "/").first.map(String.init))]
    for (key, text) in inner + pool.reserved.sorted(by: { $0.key < $1.key }).map({ ("aux_addresses", Optional($0.value)) }) {
      guard let text, let address = IP(text), address.family == range.family, !range.contains(address) else { continue }
      report.error(
        .invalidValue, config.place(key), "\(config.subject): \(key) is not in the subnet \(subnet)", hint: "choose one inside it")
    }
  }
}
