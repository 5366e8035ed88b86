import StackModel

extension Network {
  /// What a changed file changes about a network that exists; its key and its externality are not properties of it.
  func changes(to new: Network) -> [FieldChange] {
    guard self != new else { return [] }
    var changes = FieldChanges()
    let path = "networks.\(new.key)"
    changes.compare("\(path).internal", isInternal, new.isInternal, FieldText.of)
    changes.compare("\(path).ipam.subnet", subnet, new.subnet) { $0 }
    changes.compare("\(path).ipam.gateway", gateway, new.gateway) { $0 }
    changes.compare("\(path).ipam.ip_range", range, new.range) { $0 }
    changes.compare("\(path).ipam.aux_addresses", reserved ?? [:], new.reserved ?? [:]) { $0 }
    changes.compare("\(path).enable_ipv4", hasNoIPv4 != true, new.hasNoIPv4 != true, FieldText.of)
    changes.compare("\(path).enable_ipv6", ipv6 != nil, new.ipv6 != nil, FieldText.of)
    if let ipv6, let new = new.ipv6 {
      changes.compare("\(path).ipam.subnet", ipv6.subnet, new.subnet) { $0 }
      changes.compare("\(path).ipam.gateway", ipv6.gateway, new.gateway) { $0 }
      changes.compare("\(path).ipam.ip_range", ipv6.range, new.range) { $0 }
      changes.compare("\(path).ipam.aux_addresses", ipv6.reserved, new.reserved) { $0 }
    }
    changes.compare("\(path).labels", labels, new.labels) { $0 }
    changes.compare("\(path).ipam.config", subnetTexts, new.subnetTexts) { $0 }
    changes.compare("\(path).driver", driver, new.driver) { $0 }
    if let macvlan, let new = new.macvlan { changes.compare("\(path).driver_opts", macvlan.effectiveTexts, new.effectiveTexts) { $0 } }
    if let ipvlan, let new = new.ipvlan { changes.compare("\(path).driver_opts", ipvlan.effectiveTexts, new.effectiveTexts) { $0 } }
    let (old, fresh) = (bridge ?? BridgeOptions(), new.bridge ?? BridgeOptions())
    let options = "\(path).driver_opts"
    changes.compare("\(options).mtu", old.mtu, fresh.mtu) { "\($0)" }
    changes.compare("\(options).name", old.name, fresh.name) { $0 }
    changes.compare("\(options).enable_icc", old.separatesContainers != true, fresh.separatesContainers != true, FieldText.of)
    changes.compare("\(options).enable_ip_masquerade", old.keepsAddresses != true, fresh.keepsAddresses != true, FieldText.of)
    changes.compare("\(options).host_binding_ipv4", old.hostAddress, fresh.hostAddress) { $0 }
    changes.compare("\(options).container_iface_prefix", old.interfacePrefix, fresh.interfacePrefix) { $0 }
    return changes.list
  }
}

extension Network {
  /// The subnets beside the first of each family, with what is said of them.
  fileprivate var subnetTexts: [String: String] {
    Dictionary(
      (furtherSubnets ?? []).map { pool in
        var words = [pool.gateway.map { "gateway \($0)" }, pool.range.map { "ip_range \($0)" }].compactMap { $0 }
        words += pool.reserved.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }
        return (pool.subnet ?? "", words.joined(separator: ", "))
      }, uniquingKeysWith: { first, _ in first })
  }
}

extension Volume {
  func changes(to new: Volume) -> [FieldChange] {
    guard self != new else { return [] }
    var changes = FieldChanges()
    changes.compare("volumes.\(new.key).labels", labels, new.labels) { $0 }
    changes.compare("volumes.\(new.key).driver_opts", mount?.driverOptions ?? [:], new.mount?.driverOptions ?? [:]) { $0 }
    return changes.list
  }
}
