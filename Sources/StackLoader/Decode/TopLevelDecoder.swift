import Diagnostics
import StackModel

/// The top-level `networks`, `volumes`, `secrets` and `configs`.
struct TopLevelDecoder {
  let model: Node
  let project: String
  let report: Report

  func networks() -> [String: Network] {
    var networks: [String: Network] = [:]
    each("networks", "network") { key, fields in
      let external = self.external(fields)
      var network = Network(key: key, name: NetworkName(name(key, fields, external)), isExternal: external != nil)
      network.isInternal = fields.bool("internal") ?? false
      network.labels = fields.pairs("labels")
      if let driver = fields.node["driver"], let text = driver.text, !["", "bridge", "default"].contains(text) {
        fields.refuse("driver", driver, hint: "the driver is bridge; for the host's network use network_mode: host in the service")
      }
      if fields.bool("enable_ipv6") ?? false, let value = fields.node["enable_ipv6"] {
        fields.refuse("enable_ipv6", value, hint: "remove it; networks have no IPv6 yet")
      }
      if fields.bool("enable_ipv4") == false, let value = fields.node["enable_ipv4"] {
        fields.refuse("enable_ipv4", value, hint: "remove it; networks always have IPv4")
      }
      decodeAddresses(fields, into: &network)
      networks[key] = network
    }
    if networks["default"] == nil { networks["default"] = Network(key: "default", name: NetworkName("\(project)_default")) }
    return networks
  }

  private func decodeAddresses(_ fields: Fields, into network: inout Network) {
    guard let ipam = fields.child("ipam") else { return }
    if let driver = ipam.node["driver"], let text = driver.text, text != "default", !text.isEmpty {
      ipam.refuse("driver", driver, hint: "remove it")
    }
    let items = ipam.items("config")
    if items.count > 1 { ipam.refuse("config", items[1], hint: "a network has one subnet") }
    guard let first = items.first else { return }
    guard first.mapping != nil else {
      ipam.mistyped("config", first, "a list of mappings")
      return
    }
    let config = Fields(node: first, subject: ipam.subject, report: report)
    func check(_ key: String, _ isRight: (String) -> Bool, _ wanted: String) -> String? {
      guard let text = config.text(key), !text.isEmpty else { return nil }
      if !isRight(text) {
        report.error(
          .invalidValue, config.place(key), "\(config.subject): \(key) \"\(text)\" is not \(wanted)", hint: "networks have IPv4 only")
      }
      return text
    }
    network.subnet = check("subnet", isIPv4Network, "an IPv4 network as 172.28.0.0/16")
    network.range = check("ip_range", isIPv4Network, "an IPv4 network as 172.28.5.0/24")
    network.gateway = check("gateway", isIPv4, "an IPv4 address")
    guard let subnet = network.subnet, let range = IPv4.Range(subnet) else {
      if network.gateway != nil || network.range != nil {
        report.error(.conflict, first.place, "\(config.subject): gateway and ip_range need a subnet", hint: "add subnet")
      }
      return
    }
    let parts = [("gateway", network.gateway), ("ip_range", network.range?.split(separator: "/").first.map(String.init))]
    for (key, text) in parts {
      guard let text, let address = IPv4(text), !range.contains(address) else { continue }
      report.error(
        .invalidValue, config.place(key), "\(config.subject): \(key) is not in the subnet \(subnet)", hint: "choose one inside it")
    }
  }

  func volumes() -> [String: Volume] {
    var volumes: [String: Volume] = [:]
    each("volumes", "volume") { key, fields in
      let external = self.external(fields)
      let volume = Volume(
        key: key, name: VolumeName(name(key, fields, external)), isExternal: external != nil, labels: fields.pairs("labels"))
      if let driver = fields.node["driver"], let text = driver.text, !["", "local", "default"].contains(text) {
        fields.refuse("driver", driver, hint: "volumes are directories of this machine (driver local)")
      }
      if let options = fields.node["driver_opts"], options.mapping?.isEmpty == false {
        fields.refuse("driver_opts", options, hint: "mount it on the host and bind it: ./path:/target")
      }
      volumes[key] = volume
    }
    return volumes
  }

  /// Secrets or configs, with their values that come from variables added to `values`.
  func contents(_ section: String, values: inout [String: String]) -> [String: FileSource] {
    let noun = String(section.dropLast())
    var sources: [String: FileSource] = [:]
    var found: [String: String] = [:]
    each(section, noun) { key, fields in
      if external(fields) != nil, let value = fields.node["external"] {
        fields.refuse("external", value, hint: "use file or environment")
        sources[key] = FileSource(origin: .environment(""))
        return
      }
      let origins = ["file", "environment", "content"].filter { fields.node[$0]?.isNull == false }
      let isRefused = fields.node["content"] != nil && section == "secrets" || fields.node["driver"] != nil
      guard origins.count == 1 else {
        if !isRefused {
          let wanted = section == "secrets" ? "file or environment" : "file, environment or content"
          report.error(
            .invalidValue, fields.node.place,
            origins.isEmpty
              ? "\(fields.subject) says nothing about its content" : "\(fields.subject) has both \(origins.joined(separator: " and "))",
            hint: "it has one of \(wanted)")
        }
        sources[key] = FileSource(origin: .environment(""))
        return
      }
      let text = fields.text(origins[0]) ?? ""
      let name = fields.text("name")
      switch origins[0] {
      case "file":
        let place = fields.place("file")
        sources[key] = FileSource(
          origin: .file(Paths.absolute(text, in: place.origin.directory, home: place.origin.environment["HOME"])), name: name)
      case "environment":
        sources[key] = FileSource(origin: .environment(text), name: name)
        if let value = fields.place("environment").origin.environment[text] { found["\(section).\(key)"] = value }
      default: sources[key] = FileSource(origin: .content(text), name: name)
      }
    }
    values.merge(found) { $1 }
    return sources
  }

  private func each(_ section: String, _ noun: String, _ body: (String, Fields) -> Void) {
    guard let written = model[section], !written.isNull else { return }
    guard let mapping = written.mapping else {
      return report.error(.wrongType, written.place, "\(section) must be a mapping, not \(written.kind)")
    }
    for entry in mapping.entries {
      guard Names.isKey(entry.key) else {
        report.error(
          .name, entry.keyPlace, "\"\(entry.key)\" is not a name for a \(noun)", hint: "names have letters, digits, '_', '.' and '-'")
        continue
      }
      guard entry.value.mapping != nil || entry.value.isNull else {
        report.error(.wrongType, entry.value.place, "\(noun) \"\(entry.key)\" must be a mapping, not \(entry.value.kind)")
        continue
      }
      var node = entry.value
      if node.isNull { node.value = .mapping(Mapping()) }
      node.place = node.mapping?.isEmpty == true ? entry.keyPlace : node.place
      body(entry.key, Fields(node: node, subject: "\(noun) \"\(entry.key)\"", report: report))
    }
  }

  /// The name that `external: true` or the older `external: {name: x}` gives; nil when not external.
  private func external(_ fields: Fields) -> String?? {
    guard let written = fields.node["external"], !written.isNull else { return nil }
    if written.mapping != nil { return .some(written["name"]?.text) }
    guard fields.bool("external") ?? false else { return nil }
    for entry in fields.node.mapping?.entries ?? [] where !["external", "name"].contains(entry.key) && !entry.key.hasPrefix("x-") {
      report.error(
        .conflict, entry.keyPlace, "\(fields.subject) is external and has \"\(entry.key)\"",
        hint: "what is external is made elsewhere; it has a name at most")
    }
    return .some(nil)
  }

  private func name(_ key: String, _ fields: Fields, _ external: String??) -> String {
    let written = fields.text("name") ?? external.flatMap { $0 }
    let name = written ?? (external != nil ? key : "\(project)_\(key)")
    if !Names.isObject(name) {
      report.error(
        .name, written == nil ? fields.node.place : fields.place("name"), "\(fields.subject): \"\(name)\" is not a name",
        hint: "names have letters, digits, '_', '.' and '-', and start with a letter or digit")
    }
    return name
  }
}
