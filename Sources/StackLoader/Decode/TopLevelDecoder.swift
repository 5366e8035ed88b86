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
      network.labels = labels(fields)
      var requests = NetworkRequests()
      let driver = fields.node["driver"]
      let isOuter = takeOuter(driver?.text ?? "", fields, into: &network)
      if !isOuter {
        if let driver, let text = driver.text, !["", "bridge", "default"].contains(text) {
          if !["host", "none", "null"].contains(text) {
            fields.refuse("driver", driver, hint: "the drivers are bridge, macvlan, ipvlan, host and none")
          }
          requests.driver = text
        }
        network.bridge = bridgeOptions(fields, into: &requests)
      }
      requests.isAttachable = fields.bool("attachable").flatMap { $0 ? true : nil }
      decodeAddresses(fields, into: &network, &requests)
      if network.needsSubnet, network.subnet == nil, network.ipv6?.subnet == nil {
        report.error(
          .conflict, fields.place("driver"),
          "\(fields.subject): a network of the driver \(network.driver) has the addresses of the network that its parent is on",
          hint: "write them: ipam: {config: [{subnet: 192.168.1.0/24, gateway: 192.168.1.1, ip_range: 192.168.1.192/27}]}")
      }
      network.requests = requests.isEmpty ? nil : requests
      networks[key] = network
    }
    if networks["default"] == nil { networks["default"] = Network(key: "default", name: NetworkName("\(project)_default")) }
    return networks
  }

  func volumes() -> [String: Volume] {
    var volumes: [String: Volume] = [:]
    each("volumes", "volume") { key, fields in
      let external = self.external(fields)
      var volume = Volume(
        key: key, name: VolumeName(name(key, fields, external)), isExternal: external != nil, labels: labels(fields))
      var requests = VolumeRequests()
      if let driver = fields.node["driver"], let text = driver.text, !["", "local", "default"].contains(text) {
        fields.refuse("driver", driver, hint: "volumes are directories of this machine (driver local)")
        requests.driver = text
      }
      if requests.driver == nil {
        volume.mount = mount(fields, &requests)
      } else {
        requests.driverOptions = fields.options("driver_opts")
      }
      volume.requests = requests.isEmpty ? nil : requests
      volume.isProtected = isProtected(fields)
      volumes[key] = volume
    }
    return volumes
  }

  /// `driver_opts` of the driver `local`. A directory to be bound is relative to the file, as a bind's is.
  private func mount(_ fields: Fields, _ requests: inout VolumeRequests) -> VolumeMount? {
    guard var options = fields.options("driver_opts"), let written = fields.node["driver_opts"] else { return nil }
    let binds = options["o"]?.split(separator: ",").contains { $0 == "bind" || $0 == "rbind" } ?? false
    if binds, let device = options["device"], !device.isEmpty {
      let place = written["device"]?.place ?? written.place
      options["device"] = Paths.absolute(device, in: place.origin.directory, home: place.origin.environment["HOME"])
    }
    do {
      return try VolumeMount(driverOptions: options)
    } catch {
      let key = error.option.map { "driver_opts.\($0)" } ?? "driver_opts"
      fields.refuse(key, error.option.flatMap { written[$0] } ?? written, hint: "it \(error.message): \(error.hint)")
      requests.driverOptions = options
      return nil
    }
  }

  /// `x-muster: {protect: true}` of the stack.
  func isProtected() -> Bool? { isProtected(Fields(node: model, subject: "the stack", report: report)) }

  /// `x-muster: {ports_firewall: host}` of the stack.
  func portsFirewall() -> PortsFirewall? {
    let fields = Fields(node: model, subject: "the stack", report: report)
    return fields.child("x-muster")?.text("ports_firewall").flatMap { PortsFirewall(rawValue: $0) }
  }

  private func isProtected(_ fields: Fields) -> Bool? { fields.child("x-muster")?.bool("protect").flatMap { $0 ? true : nil } }

  /// Secrets or configs, with their values that come from variables added to `values`.
  func contents(_ section: String, values: inout [String: String]) -> [String: FileSource] {
    let noun = String(section.dropLast())
    var sources: [String: FileSource] = [:]
    var found: [String: String] = [:]
    each(section, noun) { key, fields in
      var requests = FileSourceRequests()
      let external = external(fields)
      requests.labels = labels(fields).isEmpty ? nil : labels(fields)
      requests.driver = fields.text("driver").flatMap { $0.isEmpty ? nil : $0 }
      requests.driverOptions = fields.options("driver_opts")
      requests.templateDriver = fields.text("template_driver").flatMap { $0.isEmpty ? nil : $0 }
      if external != nil {
        let stored = name(key, fields, external)
        sources[key] = FileSource(origin: .stored(stored), name: stored, requests: requests.isEmpty ? nil : requests)
        return
      }
      let asked = requests.isEmpty ? nil : requests
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
        sources[key] = FileSource(origin: .environment(""), requests: asked)
        return
      }
      let text = fields.text(origins[0]) ?? ""
      let name = fullName(fields)
      switch origins[0] {
      case "file":
        let place = fields.place("file")
        if WindowsPath.isOne(text) {
          report.error(.invalidValue, place, "\(fields.subject): \"\(text)\" is a path of Windows", hint: WindowsPath.hint)
        }
        sources[key] = FileSource(
          origin: .file(Paths.absolute(text, in: place.origin.directory, home: place.origin.environment["HOME"])), name: name,
          requests: asked)
      case "environment":
        sources[key] = FileSource(origin: .environment(text), name: name, requests: asked)
        if let value = fields.place("environment").origin.environment[text] { found["\(section).\(key)"] = value }
      default: sources[key] = FileSource(origin: .content(text), name: name, requests: asked)
      }
    }
    values.merge(found) { $1 }
    return sources
  }

  func each(_ section: String, _ noun: String, _ body: (String, Fields) -> Void) {
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
      body(entry.key, Fields(node: node, subject: "\(noun) \"\(entry.key)\"", path: "\(section).\(entry.key)", report: report))
    }
  }

  /// Labels whose names are nobody's own.
  private func labels(_ fields: Fields) -> [String: String] {
    for entry in fields.entries("labels") where entry.key.hasPrefix("com.docker.compose") {
      report.error(
        .invalidValue, entry.keyPlace, "\(fields.subject): the label \"\(entry.key)\" is reserved",
        hint: "labels that start with com.docker.compose are set by Muster itself")
    }
    return fields.pairs("labels")
  }

  /// The name that `external: true` or the older `external: {name: x}` gives; nil when not external.
  private func external(_ fields: Fields) -> String?? {
    guard let written = fields.node["external"], !written.isNull else { return nil }
    if written.mapping == nil, !(fields.bool("external") ?? false) { return nil }
    if let inner = written["name"], let name = fields.node["name"], !name.isNull {
      report.error(.conflict, inner.place, "\(fields.subject) has both name and external.name", hint: "keep name")
    }
    for entry in fields.node.mapping?.entries ?? [] where !["external", "name"].contains(entry.key) && !entry.key.hasPrefix("x-") {
      // Nothing said, as in what Compose prints.
      if entry.value.isNull || entry.value.mapping?.isEmpty ?? false { continue }
      report.error(
        .conflict, entry.keyPlace, "\(fields.subject) is external and has \"\(entry.key)\"",
        hint: "what is external is made elsewhere; it has a name at most")
    }
    return .some(written["name"]?.text)
  }

  /// An empty name is none: that of a variable that is not set.
  private func fullName(_ fields: Fields) -> String? { fields.text("name").flatMap { $0.isEmpty ? nil : $0 } }

  private func name(_ key: String, _ fields: Fields, _ external: String??) -> String {
    let written = fullName(fields) ?? external.flatMap { $0 }
    let name = written ?? (external != nil ? key : "\(project)_\(key)")
    if !Names.isObject(name) {
      report.error(
        .name, written == nil ? fields.node.place : fields.place("name"), "\(fields.subject): \"\(name)\" is not a name",
        hint: "names have letters, digits, '_', '.' and '-', and start with a letter or digit")
    }
    return name
  }
}
