import ArgumentParser
import StackModel

/// The flags of `run` and `create` about networks.
struct RunNetworkOptions: ParsableArguments {
  @Option(parsing: .singleValue, help: ArgumentHelp("A line of /etc/hosts.", valueName: "name:address")) var addHost: [String] = []
  @Option(parsing: .singleValue, help: ArgumentHelp("A resolver.", valueName: "address")) var dns: [String] = []
  @Option(name: [.customLong("dns-option"), .customLong("dns-opt")], parsing: .singleValue, help: "An option of the resolver.")
  var dnsOption: [String] = []
  @Option(parsing: .singleValue, help: ArgumentHelp("A domain that names are looked for in.", valueName: "domain")) var dnsSearch:
    [String] = []
  @Option(help: "Its domain's name.") var domainname: String?
  @Option(parsing: .singleValue, help: ArgumentHelp("A port that is not published.", valueName: "port")) var expose: [String] = []
  @Option(name: .shortAndLong, help: "Its host name.") var hostname: String?
  @Option(help: ArgumentHelp("Its IPv4 address.", valueName: "address")) var ip: String?
  @Option(name: .customLong("ip6"), help: ArgumentHelp("Its IPv6 address.", valueName: "address")) var ip6: String?
  @Option(parsing: .singleValue, help: ArgumentHelp("Another container under a name of its own.", valueName: "container[:alias]")) var link:
    [String] = []
  @Option(parsing: .singleValue, help: ArgumentHelp("A further address, of the link only.", valueName: "address")) var linkLocalIp:
    [String] =
      []
  @Option(help: ArgumentHelp("Its hardware address.", valueName: "address")) var macAddress: String?
  @Option(
    name: [.customLong("network"), .customLong("net")], parsing: .singleValue,
    help: ArgumentHelp("A network, host, none or container:NAME.", valueName: "network")) var networks: [String] = []
  @Option(
    name: [.customLong("network-alias"), .customLong("net-alias")], parsing: .singleValue,
    help: ArgumentHelp("A further name on the network.", valueName: "name")) var networkAlias: [String] = []
  @Option(
    name: .shortAndLong, parsing: .singleValue, help: ArgumentHelp("Publish a port.", valueName: "[[address:]port:]port[/udp]"))
  var publish: [String] = []

  @Flag(name: [.customShort("P"), .long], help: "Publish the image's ports, wherever there is room.") var publishAll = false

  func add(to service: inout ServiceOptions) {
    service.set("extra_hosts", addHost)
    service.set("dns", dns)
    service.set("dns_opt", dnsOption)
    service.set("dns_search", dnsSearch)
    service.set("domainname", domainname)
    service.set("expose", expose)
    service.set("hostname", hostname)
    service.set("external_links", link)
    service.set("ports", publish)
    let modes = networks.filter { ["host", "none"].contains($0) || $0.hasPrefix("container:") }
    if let mode = modes.first {
      service.set("network_mode", mode)
      service.set("mac_address", macAddress)
      return
    }
    var places: [String: ServiceValue] = [:]
    let needsPlace = !networkAlias.isEmpty || ip != nil || ip6 != nil || macAddress != nil || !linkLocalIp.isEmpty
    for (index, name) in (networks.isEmpty && needsPlace ? ["bridge"] : networks).enumerated() {
      let name = name == "default" ? "bridge" : name
      var place: [String: ServiceValue] = [:]
      if !networkAlias.isEmpty { place["aliases"] = .texts(networkAlias) }
      if index == 0 {
        if let ip { place["ipv4_address"] = .text(ip) }
        if let ip6 { place["ipv6_address"] = .text(ip6) }
        if let macAddress { place["mac_address"] = .text(macAddress) }
        if !linkLocalIp.isEmpty { place["link_local_ips"] = .texts(linkLocalIp) }
      }
      places[name] = .map(place)
      service.declare(network: name)
    }
    service.set("networks", places)
  }
}
