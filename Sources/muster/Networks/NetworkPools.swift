import Backend
import Diagnostics
import StackLoader

/// What the flags of `network create` say of subnets, put together: a range, a gateway or another's address belongs to the subnet of its family, and
/// of several to the one that it is in.
struct NetworkPools {
  let list: [NetworkAddresses.Pool]

  init(subnets: [String], ranges: [String], gateways: [String], others: [String: String]) throws {
    var pools = subnets.map { NetworkAddresses.Pool(subnet: $0) }
    func index(of text: String, _ flag: String) throws -> Int {
      let family = pools.indices.filter { (pools[$0].subnet ?? "").contains(":") == text.contains(":") }
      let address = IP(String(text.prefix { $0 != "/" }))
      let holders = family.filter { index in address.map { IP.Range(pools[index].subnet ?? "")?.contains($0) == true } ?? false }
      guard let index = family.count > 1 ? holders.first : family.first else {
        throw Exit(1, "\(flag) \(visible(text)) is in no subnet\n  hint: add its --subnet")
      }
      return index
    }
    for text in ranges {
      let place = try index(of: text, "--ip-range")
      if let other = pools[place].range {
        throw Exit(1, "the subnet \(visible(subnets[place])) has two ranges, \(visible(other)) and \(visible(text))")
      }
      pools[place].range = text
    }
    for text in gateways {
      let place = try index(of: text, "--gateway")
      if let other = pools[place].gateway {
        throw Exit(1, "the subnet \(visible(subnets[place])) has two gateways, \(visible(other)) and \(visible(text))")
      }
      pools[place].gateway = text
    }
    for (name, text) in others {
      let place = try index(of: text, "--aux-address")
      pools[place].reserved = (pools[place].reserved ?? [:]).merging([name: text]) { $1 }
    }
    list = pools
  }
}
