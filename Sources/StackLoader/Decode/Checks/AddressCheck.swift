import StackModel

/// Whether the fixed addresses of containers fit their networks, and are given once.
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
        guard let text = attachment.address, let address = IPv4(text), let network = byName[attachment.network] else { continue }
        let place = entry.value["networks"]?[network.key]?["ipv4_address"]?.place ?? entry.keyPlace
        let subject = "service \"\(service.name)\""
        if let subnet = network.subnet, let range = IPv4.Range(subnet), !range.contains(address) {
          report.error(
            .invalidValue, place, "\(subject): ipv4_address \(text) is not in the subnet \(subnet) of the network \"\(network.key)\"",
            hint: "choose an address of the subnet")
        } else if network.subnet == nil, !network.isExternal {
          report.error(
            .conflict, place, "\(subject): ipv4_address \(text) on the network \"\(network.key)\", which has no fixed subnet",
            hint: "give the network one: ipam: {config: [{subnet: …}]}")
        }
        if service.replicas > 1 {
          report.error(
            .conflict, place, "\(subject) has a fixed address and \(service.replicas) replicas",
            hint: "remove ipv4_address, or have one replica")
        }
        if let other = taken.updateValue(service.name, forKey: "\(network.name) \(address.bits)") {
          report.error(.conflict, place, "\(subject): ipv4_address \(text) is given to service \"\(other)\" too", hint: "choose another")
        }
      }
    }
  }
}

/// An IPv4 address as its 32 bits.
struct IPv4: Equatable {
  var bits: UInt32

  init?(_ text: String) {
    guard isIPv4(text) else { return nil }
    bits = text.split(separator: ".").reduce(0) { $0 << 8 | (UInt32($1) ?? 0) }
  }

  /// A network in CIDR notation.
  struct Range {
    var first: UInt32
    var mask: UInt32

    init?(_ text: String) {
      guard isIPv4Network(text), let slash = text.firstIndex(of: "/"), let address = IPv4(String(text[..<slash])),
        let length = Int(text[text.index(after: slash)...])
      else { return nil }
      mask = length == 0 ? 0 : UInt32.max << UInt32(32 - length)
      first = address.bits & mask
    }

    func contains(_ address: IPv4) -> Bool { address.bits & mask == first }
  }
}
