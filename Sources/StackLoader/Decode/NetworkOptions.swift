import Diagnostics
import Glibc
import StackModel

extension ServiceDecoder {
  func decodeNetwork(into options: inout ContainerOptions) {
    options.hostname = hostName("hostname")
    options.domainname = hostName("domainname")
    options.network = networkMode()
    options.ports = ports()
    options.exposedPorts = exposed()
    options.dns = fields.texts("dns", orOne: true).filter { address in
      if isAddress(address) { return true }
      report.error(.invalidValue, fields.place("dns"), "service \"\(name)\": dns \"\(address)\" is not an IP address")
      return false
    }
    options.dnsSearch = fields.texts("dns_search", orOne: true)
    options.dnsOptions = fields.texts("dns_opt")
    options.extraHosts = extraHosts(fields)
    options.links = links()
    guard !options.ports.isEmpty else { return }
    switch options.network {
    case .host:
      report.error(
        .conflict, fields.place("ports"),
        "service \"\(name)\" publishes ports and uses the host's network, where every port is open already",
        hint: "remove ports or network_mode")
    case .service, .container:
      report.error(
        .conflict, fields.place("ports"), "service \"\(name)\" publishes ports and has no network of its own",
        hint: "publish them where the network is")
    case .bridges, .none: break
    }
  }

  private func hostName(_ key: String) -> String? {
    guard let text = fields.text(key), !text.isEmpty else { return nil }
    if Names.isHost(text) { return text }
    report.error(
      .name, fields.place(key), "service \"\(name)\": \(key) \"\(text)\" is not a host's name", hint: "it has letters, digits, '-' and '.'")
    return nil
  }

  private func networkMode() -> NetworkMode {
    let written = node["networks"]
    guard let mode = fields.text("network_mode"), !mode.isEmpty else { return .bridges(attachments(written)) }
    if let written, !written.isNull {
      report.error(
        .conflict, fields.place("network_mode"), "service \"\(name)\" has both network_mode and networks", hint: "keep one of them")
    }
    switch mode {
    case "host": return .host
    case "none": return .none
    case "bridge", "default":
      // Docker's machine-wide bridge does not exist here; the stack's own network reaches as far outside.
      report.warning(
        .withoutEffect, fields.place("network_mode"), "service \"\(name)\": network_mode \"\(mode)\" is taken as the stack's own network",
        hint: "remove the line; to reach other stacks, use an external network")
      return .bridges(attachments(nil))
    default: break
    }
    if mode.hasPrefix("service:") { return .service(ServiceName(String(mode.dropFirst(8)))) }
    if mode.hasPrefix("container:") { return .container(String(mode.dropFirst(10))) }
    if let value = node["network_mode"] {
      fields.refuse(
        "network_mode", value, hint: "there are host, none, service:NAME and container:NAME; without it the stack's own network is used")
    }
    return .bridges([])
  }

  private func attachments(_ written: Node?) -> [Attachment] {
    var attachments: [Attachment] = []
    func attach(_ key: String, _ place: Place, _ inner: Fields?) {
      guard let network = project.networks[key] else {
        let hint = nearestName(to: key, among: project.networks.keys).map { "did you mean \"\($0)\"?" }
        report.error(
          .undeclared, place, "service \"\(name)\" uses the network \"\(key)\", which is not declared",
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
        attachment.mac = mac(inner)
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
          entry.value.mapping != nil ? Fields(node: entry.value, subject: "\(fields.subject), networks.\(entry.key)", report: report) : nil)
      }
    case .sequence(let nodes)? where !nodes.isEmpty:
      for item in nodes {
        if let key = item.text { attach(key, item.place, nil) } else { fields.mistyped("networks", item, "a list of networks") }
      }
    case nil, .null?, .mapping?, .sequence?: attach("default", node.place, nil)
    default: if let written { fields.mistyped("networks", written, "a list or a mapping") }
    }
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

  private func ports() -> [PortMapping] {
    var seen: Set<PortMapping> = []
    var ports: [PortMapping] = []
    for item in fields.items("ports") {
      do throws(PortReader.Failure) {
        for port in try PortReader.read(item) where seen.insert(port).inserted { ports.append(port) }
        guard ports.count <= 65_536 else { throw PortReader.Failure(message: "makes more than 65536 ports") }
      } catch {
        report.error(.ports, item.place, "service \"\(name)\": the port \(error.message)", hint: error.hint)
      }
    }
    var taken: [String: PortMapping] = [:]
    for port in ports {
      guard let published = port.published else { continue }
      let key = "\(port.hostAddress ?? "")|\(published)|\(port.transport)"
      if let other = taken[key], other.target != port.target {
        report.error(
          .ports, fields.place("ports"),
          "service \"\(name)\" publishes port \(published)/\(port.transport) twice, to \(other.target) and to \(port.target)",
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
          .ports, fields.place("expose"), "service \"\(name)\": expose \"\(text)\" is not a port", hint: "write it as 80 or 53/udp")
        return false
      }
      return true
    }
  }

  private func links() -> [Link] {
    fields.texts("links").map { text in
      let parts = text.split(separator: ":", maxSplits: 1)
      let service = String(parts.first ?? "")
      return Link(service: ServiceName(service), alias: parts.count > 1 ? String(parts[1]) : service)
    }
  }
}
