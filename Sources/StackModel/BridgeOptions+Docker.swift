extension BridgeOptions {
  /// What became of one of Docker's options.
  public enum Reading: Equatable, Sendable {
    case taken
    /// No option that exists here.
    case unknown
    /// What is wrong with the value, and what to write.
    case wrong(String, hint: String)
  }

  /// Takes one entry of `driver_opts`.
  public mutating func read(_ key: String, _ text: String) -> Reading {
    switch key {
    case "com.docker.network.driver.mtu", "mtu":
      guard let number = UInt32(text), (68...65_535).contains(number) else { return .wrong("is not from 68 to 65535", hint: "write 1450") }
      mtu = number
    case "com.docker.network.bridge.name":
      guard Self.isLinkName(text) else { return .wrong("is not an interface's name", hint: "it has at most 15 letters, as br-shop") }
      name = text
    case "com.docker.network.container_iface_prefix":
      guard Self.isLinkName(text + "0"), text.utf8.count <= 11 else {
        return .wrong("is not the beginning of an interface's name", hint: "it has at most 11 letters, as eth")
      }
      interfacePrefix = text
    case "com.docker.network.bridge.enable_icc", "com.docker.network.bridge.enable_ip_masquerade":
      guard let flag = Self.flag(text) else { return .wrong("is neither true nor false", hint: "write \"true\" or \"false\"") }
      if key.hasSuffix("icc") { separatesContainers = flag ? nil : true } else { keepsAddresses = flag ? nil : true }
    case "com.docker.network.bridge.host_binding_ipv4":
      guard Self.isIPv4(text) else { return .wrong("is not an IPv4 address", hint: "write 127.0.0.1") }
      hostAddress = text == "0.0.0.0" ? nil : text
    case "com.docker.network.bridge.default_bridge" where Self.flag(text) == false: break
    default: return .unknown
    }
    return .taken
  }

  /// As Docker writes them.
  public var texts: [String: String] {
    var texts: [String: String] = [:]
    texts["com.docker.network.driver.mtu"] = mtu.map { String($0) }
    texts["com.docker.network.bridge.name"] = name
    texts["com.docker.network.container_iface_prefix"] = interfacePrefix
    texts["com.docker.network.bridge.enable_icc"] = separatesContainers == true ? "false" : nil
    texts["com.docker.network.bridge.enable_ip_masquerade"] = keepsAddresses == true ? "false" : nil
    texts["com.docker.network.bridge.host_binding_ipv4"] = hostAddress
    return texts
  }

  /// What Linux takes as a network interface's name: at most 15 bytes without blanks, slashes and colons.
  public static func isLinkName(_ name: String) -> Bool {
    !name.isEmpty && name.utf8.count <= 15 && ![".", "..", "lo", "all", "default"].contains(name)
      && name.unicodeScalars.allSatisfy { !$0.properties.isWhitespace && $0 != "/" && $0 != ":" && $0.value >= 0x20 }
  }

  private static func flag(_ text: String) -> Bool? {
    switch text.lowercased() {
    case "true", "t", "1": true
    case "false", "f", "0": false
    default: nil
    }
  }

  private static func isIPv4(_ text: String) -> Bool {
    let parts = text.split(separator: ".", omittingEmptySubsequences: false)
    return parts.count == 4
      && parts.allSatisfy { part in
        part.utf8.allSatisfy { (48...57).contains($0) } && UInt8(part).map { String($0) == part } == true
      }
  }
}
