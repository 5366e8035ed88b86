import StackModel

/// Whether the fixed addresses of containers, hardware addresses included, fit their networks, and are given once.
struct AddressCheck {
  let services: [Mapping.Entry]
  /// By key.
  let networks: [String: Network]
  let report: Report

  func check(_ stack: Stack) {
    let byName = Dictionary(networks.values.map { ($0.name, $0) }) { first, _ in first }
    var taken: [String: ServiceName] = [:]
    for entry in services {
      guard let service = stack.services[ServiceName(entry.key)], case .bridges(let attachments) = service.options.network else { continue }
      for attachment in attachments {
        guard let network = byName[attachment.network] else { continue }
        if attachment.mac != nil, network.ipvlan != nil {
          let written = entry.value["networks"]?[network.key]?["mac_address"] ?? entry.value["mac_address"]
          report.error(
            .conflict, written?.place ?? entry.keyPlace,
            "service \"\(service.name)\": mac_address on the network \"\(network.key)\" of the driver ipvlan, where every interface has its parent's",
            hint: "remove mac_address, or use the driver macvlan")
        }
        let places = [
          ("ipv4_address", attachment.address, [network.subnet] + network.furtherSubnets(ofIPv6: false).map(\.subnet)),
          ("ipv6_address", attachment.address6, [network.ipv6?.subnet] + network.furtherSubnets(ofIPv6: true).map(\.subnet)),
        ]
        for (key, text, all) in places {
          let subnets = all.compactMap { $0 }
          guard let text, let address = IP(text) else { continue }
          let place = entry.value["networks"]?[network.key]?[key]?.place ?? entry.keyPlace
          let subject = "service \"\(service.name)\""
          if key == "ipv6_address", network.ipv6 == nil, !network.isExternal {
            report.error(
              .conflict, place, "\(subject): \(key) \(text) on the network \"\(network.key)\", which has no IPv6",
              hint: "give the network enable_ipv6: true and a subnet of IPv6")
          } else if key == "ipv4_address", network.hasNoIPv4 == true {
            report.error(
              .conflict, place, "\(subject): \(key) \(text) on the network \"\(network.key)\", which has no IPv4",
              hint: "remove enable_ipv4: false, or use ipv6_address")
          } else if !subnets.isEmpty, !subnets.contains(where: { IP.Range($0)?.contains(address) != false }) {
            report.error(
              .invalidValue, place,
              "\(subject): \(key) \(text) is not in the subnet \(subnets.joined(separator: " or ")) of the network \"\(network.key)\"",
              hint: "choose an address of the subnet")
          } else if subnets.isEmpty, !network.isExternal {
            report.error(
              .conflict, place, "\(subject): \(key) \(text) on the network \"\(network.key)\", which has no fixed subnet",
              hint: "give the network one: ipam: {config: [{subnet: …}]}")
          }
          if service.replicas > 1 {
            report.error(
              .conflict, place, "\(subject) has a fixed address and \(service.replicas) replicas",
              hint: "remove \(key), or have one replica")
          }
          if let other = taken.updateValue(service.name, forKey: "\(network.name) \(address.bytes)") {
            report.error(.conflict, place, "\(subject): \(key) \(text) is given to service \"\(other)\" too", hint: "choose another")
          }
        }
      }
    }
  }
}
