import StackModel

extension TopLevelDecoder {
  /// `networks.x.driver_opts`: what Docker's bridge driver knows and exists here; all else is refused by name.
  func bridgeOptions(_ fields: Fields, into requests: inout NetworkRequests) -> BridgeOptions? {
    var options = BridgeOptions()
    var others: [String: String] = [:]
    for entry in fields.entries("driver_opts") {
      let text = entry.value.text ?? ""
      func wrong(_ problem: String, _ hint: String) {
        report.error(
          .invalidValue, entry.value.place, "\(fields.subject): \(entry.key) \"\(text)\" \(problem)", hint: hint)
      }
      func flag() -> Bool? {
        guard let value = Values.bool(text) else {
          wrong("is neither true nor false", "write \"true\" or \"false\"")
          return nil
        }
        return value
      }
      switch entry.key {
      case "com.docker.network.driver.mtu", "mtu":
        if let mtu = UInt32(text), (68...65_535).contains(mtu) { options.mtu = mtu } else { wrong("is not from 68 to 65535", "write 1450") }
      case "com.docker.network.bridge.name":
        if ServiceDecoder.isLinkName(text) {
          options.name = text
        } else {
          wrong("is not an interface's name", "it has at most 15 letters, as br-shop")
        }
      case "com.docker.network.container_iface_prefix":
        if ServiceDecoder.isLinkName(text + "0"), text.utf8.count <= 11 {
          options.interfacePrefix = text
        } else {
          wrong("is not the beginning of an interface's name", "it has at most 11 letters, as eth")
        }
      case "com.docker.network.bridge.enable_icc": options.separatesContainers = flag().flatMap { $0 ? nil : true }
      case "com.docker.network.bridge.enable_ip_masquerade": options.keepsAddresses = flag().flatMap { $0 ? nil : true }
      case "com.docker.network.bridge.host_binding_ipv4":
        if isIPv4(text) { options.hostAddress = text == "0.0.0.0" ? nil : text } else { wrong("is not an IPv4 address", "write 127.0.0.1") }
      case "com.docker.network.bridge.default_bridge" where Values.bool(text) == false: break
      default:
        fields.refuse("driver_opts.\(entry.key)", entry.value, hint: "remove it; known are mtu, bridge.name, enable_icc and their like")
        others[entry.key] = text
      }
    }
    if !others.isEmpty { requests.driverOptions = others }
    return options == BridgeOptions() ? nil : options
  }
}
