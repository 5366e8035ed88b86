import Diagnostics
import Glibc
import StackModel

extension ServiceDecoder {
  func decodeNetwork(into options: inout ContainerOptions, _ requests: inout ServiceRequests) {
    options.hostname = hostName("hostname")
    options.domainname = hostName("domainname")
    options.network = networkMode(&requests)
    options.ports = ports(&requests)
    options.exposedPorts = exposed()
    options.dns = fields.texts("dns", orOne: true).filter { address in
      if isAddress(address) { return true }
      report.error(.invalidValue, fields.place("dns"), "\(subject): dns \"\(address)\" is not an IP address")
      return false
    }
    options.dnsSearch = fields.texts("dns_search", orOne: true)
    options.dnsOptions = fields.texts("dns_opt")
    options.extraHosts = extraHosts(fields)
    options.links = links()
    options.externalLinks = externalLinks()
    checkShared(options)
    guard !options.ports.isEmpty else { return }
    switch options.network {
    case .host:
      report.error(
        .conflict, fields.place("ports"),
        "\(subject) publishes ports and uses the host's network, where every port is open already",
        hint: "remove ports or network_mode")
    case .service, .container:
      report.error(
        .conflict, fields.place("ports"), "\(subject) publishes ports and has no network of its own",
        hint: "publish them where the network is")
    case .bridges, .none: break
    }
  }

  /// What names a container on its own network means nothing on another's.
  private func checkShared(_ options: ContainerOptions) {
    var conflicting: [String] = []
    switch options.network {
    case .bridges: return
    case .host, .none: conflicting = ["links", "mac_address"]
    case .service, .container:
      conflicting = ["links", "mac_address", "hostname", "domainname", "extra_hosts", "dns", "dns_search", "dns_opt"]
    }
    for key in conflicting {
      guard let value = node[key], !value.isNull, value.text?.isEmpty != true, value.sequence?.isEmpty != true,
        value.mapping?.isEmpty != true
      else { continue }
      report.finding(
        Finding(field: "services.\(name).\(key)", support: .unsupported), .error, value.place,
        "\(subject) has \(key) and no network of its own", hint: "remove \(key), or write it where the network is",
        code: .conflict)
    }
  }

  private func hostName(_ key: String) -> String? {
    guard let text = fields.text(key), !text.isEmpty else { return nil }
    if Names.isHost(text) { return text }
    report.error(
      .name, fields.place(key), "\(subject): \(key) \"\(text)\" is not a host's name", hint: "it has letters, digits, '-' and '.'")
    return nil
  }

  private func networkMode(_ requests: inout ServiceRequests) -> NetworkMode {
    let written = node["networks"]
    guard let mode = fields.text("network_mode"), !mode.isEmpty else {
      let attachments = attachments(written, &requests)
      return predefined(attachments) ?? .bridges(attachments)
    }
    if let written, !written.isNull, written.sequence?.isEmpty != true, written.mapping?.isEmpty != true {
      report.error(
        .conflict, fields.place("network_mode"), "\(subject) has both network_mode and networks", hint: "keep one of them")
    }
    switch mode {
    case "host": return .host
    case "none": return .none
    case "bridge", "default":
      // Docker's machine-wide bridge does not exist here; the stack's own network reaches as far outside.
      fields.remark(
        "network_mode", .equivalent, fields.place("network_mode"), "network_mode \"\(mode)\" is taken as the stack's own network",
        hint: "remove the line; to reach other stacks, use an external network")
      return .bridges(attachments(nil, &requests))
    default: break
    }
    if mode.hasPrefix("service:") { return .service(ServiceName(String(mode.dropFirst(8)))) }
    if mode.hasPrefix("container:"), mode.utf8.count > 10 { return .container(String(mode.dropFirst(10))) }
    if let value = node["network_mode"] {
      fields.refuse(
        "network_mode", value,
        hint: project.networks[mode] != nil
          ? "to join the network write networks: [\(mode)]"
          : "there are host, none, service:NAME and container:NAME; without it the stack's own network is used")
      requests.networkMode = mode
    }
    return .bridges([])
  }

  /// `networks: [x]`, where x is the machine's own network or none at all.
  private func predefined(_ attachments: [Attachment]) -> NetworkMode? {
    let modes = attachments.compactMap { attachment in
      project.networks.values.first { $0.name == attachment.network }?.predefined.map { (attachment.network, $0) }
    }
    guard let (name, mode) = modes.first else { return nil }
    if attachments.count > 1 {
      report.error(
        .conflict, fields.place("networks"), "\(subject) is on \(name) and on other networks",
        hint: "who has the host's network, or none, has no other")
    }
    return mode
  }

  private func attachments(_ written: Node?, _ requests: inout ServiceRequests) -> [Attachment] {
    var attachments: [Attachment] = []
    var asked: [NetworkName: AttachmentRequest] = [:]
    func attach(_ key: String, _ place: Place, _ inner: Fields?) {
      guard let network = project.networks[key] else {
        let hint = report.suggestion(for: key, among: project.networks.keys)
        report.error(
          .undeclared, place, "\(subject) uses the network \"\(key)\", which is not declared",
          hint: hint ?? "declare it under the top-level networks")
        return
      }
      guard !attachments.contains(where: { $0.network == network.name }) else { return }
      var attachment = Attachment(network: network.name)
      if let inner {
        attachment.aliases = inner.texts("aliases")
        for item in inner.items("aliases") where item.text.map(Names.isHost) == false {
          report.error(.name, item.place, "\(inner.subject): the alias \"\(item.text ?? "")\" is not a host's name")
        }
        attachment.priority = inner.integer("priority", in: -1_000_000...1_000_000).map(Int.init) ?? 0
        attachment.address = inner.text("ipv4_address")
        if let address = attachment.address, !isIPv4(address) {
          report.error(.invalidValue, inner.place("ipv4_address"), "\(inner.subject): ipv4_address \"\(address)\" is not an IPv4 address")
        }
        attachment.address6 = inner.text("ipv6_address")
        if let address = attachment.address6, !isIPv6(address) {
          report.error(.invalidValue, inner.place("ipv6_address"), "\(inner.subject): ipv6_address \"\(address)\" is not an IPv6 address")
        }
        attachment.mac = mac(inner)
        decodePlace(inner, into: &attachment)
        asked[network.name] = attachmentRequest(inner)
      }
      attachments.append(attachment)
    }
    switch written?.value {
    case .mapping(let mapping)? where !mapping.isEmpty:
      for entry in mapping.entries {
        if entry.value.mapping == nil, !entry.value.isNull {
          fields.mistyped("networks.\(entry.key)", entry.value, "a mapping")
        }
        attach(
          entry.key, entry.keyPlace,
          entry.value.mapping != nil ? fields.inner("networks.\(entry.key)", entry.value) : nil)
      }
    case .sequence(let nodes)? where !nodes.isEmpty:
      for item in nodes {
        if let key = item.text { attach(key, item.place, nil) } else { fields.mistyped("networks", item, "a list of networks") }
      }
    case nil, .null?, .mapping?, .sequence?: attach("default", node.place, nil)
    default: if let written { fields.mistyped("networks", written, "a list or a mapping") }
    }
    if !asked.isEmpty { requests.attachments = asked }
    checkInterfaceNames(attachments)
    if let mac = mac(fields), let first = attachments.indices.max(by: { attachments[$0].priority < attachments[$1].priority }) {
      let highest = attachments.firstIndex { $0.priority == attachments[first].priority } ?? first
      attachments[highest].mac = attachments[highest].mac ?? mac
    }
    return attachments
  }

  private func mac(_ fields: Fields) -> String? {
    guard let text = fields.text("mac_address"), !text.isEmpty else { return nil }
    let parts = text.split(whereSeparator: { $0 == ":" || $0 == "-" })
    let bytes = parts.compactMap { $0.utf8.count == 2 ? UInt8($0, radix: 16) : nil }
    guard parts.count == 6, bytes.count == 6, bytes[0] & 1 == 0 else {
      report.error(
        .invalidValue, fields.place("mac_address"), "\(fields.subject): mac_address \"\(text)\" is not the address of one interface",
        hint: "write it as 02:42:ac:11:00:02")
      return nil
    }
    return parts.map { $0.lowercased() }.joined(separator: ":")
  }

  private func ports(_ requests: inout ServiceRequests) -> [PortMapping] {
    var seen: Set<PortMapping> = []
    var ports: [PortMapping] = []
    var asked: [PortRequest] = []
    for item in fields.items("ports") {
      do throws(PortReader.Failure) {
        let entry = try PortReader.entry(item)
        if let problem = entry.problem {
          report.finding(
            Finding(field: fields.field("ports"), support: .unsupported), .error, item.place,
            "\(subject): the port \(problem.message), which is not supported yet by this version", hint: problem.hint)
        }
        if let request = entry.request { asked.append(request) }
        for port in entry.mappings where seen.insert(port).inserted { ports.append(port) }
        guard ports.count <= 65_536 else { throw PortReader.Failure(message: "makes more than 65536 ports") }
      } catch {
        report.error(.ports, item.place, "\(subject): the port \(error.message)", hint: error.hint)
      }
    }
    if !asked.isEmpty { requests.ports = asked }
    // One port alone is published once.
    guard ports.count > 1 else { return ports }
    var taken: [String: PortMapping] = [:]
    for port in ports {
      guard let published = port.published else { continue }
      let key = "\(port.hostAddress ?? "")|\(published)|\(port.transport.rawValue)"
      if let other = taken[key], other.target != port.target {
        report.error(
          .ports, fields.place("ports"),
          "\(subject) publishes port \(published)/\(port.transport) twice, to \(other.target) and to \(port.target)",
          hint: "give each its own host port")
      }
      taken[key] = port
    }
    return ports
  }

  private func exposed() -> [String] {
    fields.texts("expose").filter { text in
      let number = text.split(separator: "/", maxSplits: 1).first ?? ""
      let ends = number.split(separator: "-", omittingEmptySubsequences: false).map { UInt16($0) }
      guard (1...2).contains(ends.count), !ends.contains(nil) else {
        report.error(
          .ports, fields.place("expose"), "\(subject): expose \"\(text)\" is not a port", hint: "write it as 80 or 53/udp")
        return false
      }
      return true
    }
  }

  /// `SERVICE[:ALIAS]`
  static func link(_ text: String) -> Link? {
    let parts = text.split(separator: ":", omittingEmptySubsequences: false).map(String.init)
    guard parts.count <= 2, Names.isKey(parts[0]), parts.count == 1 || Names.isHost(parts[1]) else { return nil }
    return Link(service: ServiceName(parts[0]), alias: parts[parts.count - 1])
  }

  private func links() -> [Link] {
    fields.each("links", hint: "write it as SERVICE or SERVICE:ALIAS", Self.link)
  }
}
