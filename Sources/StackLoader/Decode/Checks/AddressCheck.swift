import Glibc
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
        guard let network = byName[attachment.network] else { continue }
        let places = [
          ("ipv4_address", attachment.address, network.subnet), ("ipv6_address", attachment.address6, network.ipv6?.subnet),
        ]
        for (key, text, subnet) in places {
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
          } else if let subnet, let range = IP.Range(subnet), !range.contains(address) {
            report.error(
              .invalidValue, place, "\(subject): \(key) \(text) is not in the subnet \(subnet) of the network \"\(network.key)\"",
              hint: "choose an address of the subnet")
          } else if subnet == nil, !network.isExternal {
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

/// An IPv4 or IPv6 address as its bytes.
struct IP: Equatable {
  var bytes: [UInt8]
  var family: String { bytes.count == 4 ? "IPv4" : "IPv6" }

  init?(_ text: String) {
    var four = in_addr(), six = in6_addr()
    if inet_pton(AF_INET, text, &four) == 1 {
      bytes = withUnsafeBytes(of: four) { Array($0) }
    } else if inet_pton(AF_INET6, text, &six) == 1 {
      bytes = withUnsafeBytes(of: six) { Array($0) }
    } else {
      return nil
    }
  }

  /// A network in CIDR notation.
  struct Range {
    var base: IP
    var length: Int
    var family: String { base.family }

    init?(_ text: String) {
      let parts = text.split(separator: "/", omittingEmptySubsequences: false)
      guard parts.count == 2, let base = IP(String(parts[0])), let length = Int(parts[1]), (0...base.bytes.count * 8).contains(length)
      else { return nil }
      self.base = base
      self.length = length
    }

    func contains(_ address: IP) -> Bool {
      guard address.bytes.count == base.bytes.count else { return false }
      return (0..<length).allSatisfy { (address.bytes[$0 / 8] ^ base.bytes[$0 / 8]) & (0x80 >> UInt8($0 % 8)) == 0 }
    }
  }
}
