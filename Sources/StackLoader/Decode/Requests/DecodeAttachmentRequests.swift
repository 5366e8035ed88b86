import StackModel

extension ServiceDecoder {
  /// What a service's `networks.x` says beyond ``Attachment``; nil: nothing.
  func attachmentRequest(_ written: Fields) -> AttachmentRequest? {
    var request = AttachmentRequest()
    for entry in written.entries("driver_opts") where !Self.endpointOptions.contains(entry.key) {
      written.refuse(
        "driver_opts.\(entry.key)", entry.value, hint: "known are \(Fields.listed(Self.endpointOptions))")
      request.driverOptions[entry.key] = entry.value.text
    }
    return request.isEmpty ? nil : request
  }

  /// Docker's options of an endpoint that exist here.
  private static let endpointOptions = ["com.docker.network.endpoint.ifname", "com.docker.network.endpoint.sysctls"]

  /// What an attachment says of the interface: its name, addresses and kernel parameters, and whether it is the way out.
  func decodePlace(_ written: Fields, into attachment: inout Attachment) {
    attachment.gatewayPriority = written.integer("gw_priority", in: -1_000_000_000...1_000_000_000).flatMap { $0 == 0 ? nil : Int($0) }
    attachment.interfaceName = interfaceName(written)
    let linkLocal = written.items("link_local_ips").compactMap { item -> String? in
      guard let address = item.text, isAddress(address) else {
        return written.invalid("link_local_ips", item, "is not an IP address", hint: "write one of 169.254.0.0/16")
      }
      return address
    }
    attachment.linkLocalAddresses = linkLocal.isEmpty ? nil : linkLocal
    for entry in written.entries("driver_opts") {
      switch entry.key {
      case "com.docker.network.endpoint.ifname":
        guard let name = entry.value.text, BridgeOptions.isLinkName(name) else {
          let _: String? = written.invalid("driver_opts.\(entry.key)", entry.value, "is not an interface's name", hint: Self.interfaceHint)
          continue
        }
        if let other = attachment.interfaceName, other != name {
          report.error(
            .conflict, entry.keyPlace, "\(written.subject): the interface is to be named \(name) and \(other)", hint: "keep interface_name")
        }
        attachment.interfaceName = name
      case "com.docker.network.endpoint.sysctls": attachment.sysctls = endpointSysctls(entry, written)
      default: break
      }
    }
  }

  /// `net.ipv4.conf.IFNAME.log_martians=1,net.ipv6.conf.IFNAME.accept_ra=2`
  private func endpointSysctls(_ entry: Mapping.Entry, _ written: Fields) -> [String: String]? {
    var values: [String: String] = [:]
    for part in (entry.value.text ?? "").split(separator: ",") {
      let sides = part.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
      let names = sides[0].split(separator: ".", omittingEmptySubsequences: false)
      let isRight =
        sides.count == 2 && names.count == 5 && names[0] == "net" && ["ipv4", "ipv6", "mpls"].contains(names[1])
        && ["conf", "neigh"].contains(names[2]) && names[3] == "IFNAME"
        && names[4].utf8.allSatisfy { $0 == UInt8(ascii: "_") || (0x30...0x39).contains($0) || (0x61...0x7A).contains($0) }
      guard isRight else {
        return written.invalid(
          "driver_opts.\(entry.key)", entry.value, "has \"\(part)\" in it, which is not a parameter of the interface",
          hint: "write it as net.ipv4.conf.IFNAME.log_martians=1, with IFNAME as it stands here")
      }
      values[sides[0]] = sides[1]
    }
    return values.isEmpty ? nil : values
  }

  /// Two interfaces of one container cannot have one name.
  func checkInterfaceNames(_ attachments: [Attachment]) {
    var seen: Set<String> = []
    for name in attachments.compactMap(\.interfaceName) where !seen.insert(name).inserted {
      report.error(
        .conflict, fields.place("networks"), "service \"\(self.name)\" has two interfaces named \(name)", hint: "give each its own name")
    }
  }

  private static let interfaceHint = "it has at most 15 letters, as eth0 or lan"

  private func interfaceName(_ written: Fields) -> String? {
    guard let name = written.text("interface_name"), !name.isEmpty, let value = written.node["interface_name"] else { return nil }
    return BridgeOptions.isLinkName(name)
      ? name : written.invalid("interface_name", value, "is not an interface's name", hint: Self.interfaceHint)
  }
}
