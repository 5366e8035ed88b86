import Netlink
import StackModel

/// The subnet, gateway and range of one family of a network that is to be made. Pure.
struct FamilyPlan<Address: InternetAddress>: Equatable {
  var subnet: Subnet<Address>
  /// nil: nobody is one.
  var gateway: Address?
  var range: Subnet<Address>
  /// `aux_addresses`, by address.
  var reserved: [Address: String] = [:]

  /// The bridge's address with its subnet's length.
  var own: CIDR? { gateway.map { CIDR($0.ipAddress, prefix: subnet.prefix) } }

  /// As it was asked for, with the subnet and the gateway filled in.
  func filling(_ asked: IPAMConfig) -> IPAMConfig {
    IPAMConfig(subnet: subnet.description, range: asked.range, gateway: gateway?.description, reserved: asked.reserved)
  }

  /// - Parameters:
  ///   - keepsGateway: there is a gateway also where nobody has said which.
  ///   - taken: subnets in use, and by whom.
  init(
    _ name: NetworkName, _ asked: IPAMConfig, keepsGateway: Bool = true, pools: [AddressRange<Address>],
    taken: [(subnet: Subnet<Address>, by: String)]
  ) throws(NetworkingError) {
    if let text = asked.subnet {
      guard let wanted = Subnet<Address>(text), wanted.prefix <= Address.Value.bitWidth - 2 else {
        throw .invalid(
          "network \(name): \(text) is not an \(Address.familyName) subnet with room for containers, such as \(Self.example)")
      }
      if let obstacle = taken.first(where: { $0.subnet.overlaps(wanted) }) {
        throw .subnetTaken(network: name, subnet: wanted.description, by: obstacle.by)
      }
      subnet = wanted
    } else {
      guard let chosen = AddressRange<Address>.choose(from: pools, avoiding: taken.map(\.subnet)) else { throw .noFreeSubnet(name) }
      subnet = chosen
    }
    range = subnet
    if let text = asked.range {
      guard let wanted = Subnet<Address>(text), subnet.contains(wanted) else {
        throw .invalid("network \(name): ip_range \(text) is not a part of the subnet \(subnet)")
      }
      range = wanted
    }
    gateway = keepsGateway ? Address(subnet.base.value + 1) : nil
    if let text = asked.gateway {
      guard let wanted = Address(text), subnet.contains(wanted), wanted != subnet.base, wanted != subnet.last else {
        throw .invalid("network \(name): the gateway \(text) is not an address of the subnet \(subnet)")
      }
      gateway = wanted
    }
    for (holder, text) in asked.reserved.sorted(by: { $0.key < $1.key }) {
      guard let address = Address(text), subnet.contains(address), address != gateway else {
        throw .invalid("network \(name): aux_addresses: \(text) of \(holder) is not a free address of the subnet \(subnet)")
      }
      if let other = reserved.updateValue(holder, forKey: address) {
        throw .invalid("network \(name): aux_addresses: \(text) is given to \(other) and to \(holder)")
      }
    }
  }

  private static var example: String { Address.Value.bitWidth == 32 ? "172.28.0.0/16" : "fd12:3456:789a:1::/64" }
}
