import Backend
import Networking
import Reconciler
import StackModel

extension NetworkSummary {
  /// Without the containers on it.
  init(_ row: NetworkRow) {
    let (made, asked) = (row.record.network, row.requested)
    func pool(_ subnet: String?, _ range: String?, _ gateway: String?, _ reserved: [String: String]?) -> NetworkAddresses.Pool {
      .init(subnet: subnet, range: range, gateway: gateway, reserved: reserved?.isEmpty == false ? reserved : nil)
    }
    var pools: [NetworkAddresses.Pool] = []
    if made.hasNoIPv4 != true { pools.append(pool(made.subnet, made.range, made.gateway, made.reserved)) }
    for one in made.furtherSubnets(ofIPv6: false) + (made.ipv6.map { [$0] } ?? []) + made.furtherSubnets(ofIPv6: true) {
      pools.append(pool(one.subnet, one.range, one.gateway, one.reserved))
    }
    var labels = made.labels
    if let project = row.project {
      labels["com.docker.compose.project"] = project.rawValue
      labels["com.docker.compose.network"] = asked.key
    }
    self.init(
      name: asked.name.rawValue, id: row.publicID, created: row.createdAt.map { Timestamp.text($0) } ?? "",
      hasIPv4: made.hasNoIPv4 != true, hasIPv6: made.ipv6 != nil, addresses: NetworkAddresses(pools: pools), isInternal: made.isInternal,
      options: made.macvlan?.texts ?? made.ipvlan?.texts ?? made.bridge?.texts ?? [:], labels: labels)
    isAttachable = asked.requests?.isAttachable ?? false
    driver = made.driver
  }
}

extension NetworkMember {
  /// An endpoint's id is of the container's and the network's, both of which stay.
  init(_ container: Container, _ endpoint: Endpoint) {
    let six = endpoint.ipv6.map { $0.address + "/" + String($0.prefix) } ?? ""
    // Without a hardware address of its own it is known by its other address.
    let own = endpoint.mac.isEmpty ? endpoint.anyAddress.utf8.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined() : endpoint.mac
    self.init(
      name: container.spec.name, endpoint: String((container.id.short + own.filter { $0 != ":" }).prefix(64)), mac: endpoint.mac,
      ipv4: endpoint.address.isEmpty ? "" : endpoint.address + "/" + String(endpoint.prefix), ipv6: six)
  }
}

extension Network {
  /// What somebody asks for in Docker's words; what cannot be honoured is refused by name.
  init(_ asked: NetworkCreation) throws(EngineError) {
    let name = asked.name
    func refuse(_ what: String, _ hint: String) -> EngineError {
      EngineError(.invalid, subject: "network \(name)", what, hint: hint)
    }
    let isName = name.utf8.enumerated().allSatisfy { offset, byte in
      switch byte {
      case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: true
      case UInt8(ascii: "_"), UInt8(ascii: "."), UInt8(ascii: "-"): offset > 0
      default: false
      }
    }
    guard isName, (1...128).contains(name.utf8.count) else {
      throw EngineError(.invalid, "\"\(name)\" is not a network's name", hint: "letters, digits, '_', '.' and '-', a letter or digit first")
    }
    guard !["bridge", "host", "none", "default"].contains(name) else {
      throw EngineError(.denied, "operation is not permitted on predefined \(name) network", hint: "choose another name")
    }
    if let driver = asked.driver, !["", "bridge", "default", "macvlan", "ipvlan"].contains(driver) {
      throw refuse("the driver \(driver) is not supported by this version", "the drivers are bridge, macvlan and ipvlan")
    }
    if let scope = asked.scope, !["", "local"].contains(scope) { throw refuse("the scope \(scope) is a cluster's", "remove it") }
    if asked.isIngress == true { throw refuse("an ingress network is a cluster's", "remove --ingress") }
    if asked.isOnlyConfiguration == true { throw refuse("networks of configuration only are not supported", "remove --config-only") }
    if let driver = asked.addresses?.driver, !["", "default"].contains(driver) {
      throw refuse("the IPAM driver \(driver) is not supported", "the IPAM driver is default")
    }
    if asked.addresses?.options?.isEmpty == false { throw refuse("IPAM options are not supported", "remove --ipam-opt") }
    self.init(key: name, name: NetworkName(name), isInternal: asked.isInternal ?? false, labels: asked.labels ?? [:])
    if asked.hasIPv6 == true { ipv6 = IPAMConfig() }
    if asked.hasIPv4 == false { hasNoIPv4 = true }
    if asked.isAttachable == true {
      requests = NetworkRequests()
      requests?.isAttachable = true
    }
    let isOuter: Bool
    do throws(DriverOptionMistake) { isOuter = try takeOuter(driver: asked.driver, asked.options ?? [:]) } catch {
      throw refuse("the option \(error.option) \(error.text)", error.hint)
    }
    var (has4, has6) = (false, false)
    for pool in asked.addresses?.pools ?? [] {
      let isIPv6 = [pool.subnet, pool.range, pool.gateway].contains { $0?.contains(":") == true }
      let isSaid = isIPv6 ? ipv6 != nil : hasNoIPv4 != true
      guard isSaid else {
        throw refuse(
          "a subnet of \(isIPv6 ? "IPv6" : "IPv4") is given, which the network does not have", isIPv6 ? "add --ipv6" : "add --ipv4")
      }
      if isIPv6 ? has6 : has4 {
        guard isOuter else { throw refuse("a bridge has one subnet of each family, here as in Docker", "keep one of them") }
        guard pool.subnet != nil else { throw refuse("a further entry has no subnet", "add one") }
        let further = IPAMConfig(subnet: pool.subnet, range: pool.range, gateway: pool.gateway, reserved: pool.reserved ?? [:])
        furtherSubnets = (furtherSubnets ?? []) + [further]
        continue
      }
      if isIPv6 {
        has6 = true
        ipv6 = IPAMConfig(subnet: pool.subnet, range: pool.range, gateway: pool.gateway, reserved: pool.reserved ?? [:])
      } else {
        has4 = true
        (subnet, range, gateway) = (pool.subnet, pool.range, pool.gateway)
        reserved = pool.reserved
      }
    }
    if isOuter { return }
    var options = BridgeOptions()
    for (key, text) in (asked.options ?? [:]).sorted(by: { $0.key < $1.key }) {
      switch options.read(key, text) {
      case .taken: break
      case .unknown: throw refuse("the option \(key) is not supported", "known are mtu, bridge.name, enable_icc and their like")
      case .wrong(let problem, let hint): throw refuse("\(key) \"\(text)\" \(problem)", hint)
      }
    }
    bridge = options == BridgeOptions() ? nil : options
  }
}
