import StackModel

/// How a field's value is written in a plan: short, and near to the stack file's own syntax.
enum FieldText {
  static func of(_ value: Bool) -> String { value ? "true" : "false" }
  static func of(_ value: [String]) -> String { "[" + value.joined(separator: ", ") + "]" }

  /// `512m`, `20971520` when it is no whole number of a unit.
  static func of(_ value: ByteCount) -> String {
    for (unit, size) in [("g", Int64(1) << 30), ("m", 1 << 20), ("k", 1 << 10)] where value.bytes >= size && value.bytes % size == 0 {
      return "\(value.bytes / size)\(unit)"
    }
    return "\(value.bytes)"
  }

  /// `1m30s`, `500ms`.
  static func of(_ value: Timespan) -> String {
    guard value.nanoseconds > 0 else { return "\(value.nanoseconds)s" }
    var left = value.nanoseconds
    var text = ""
    for (unit, size) in [
      ("h", Int64(3_600_000_000_000)), ("m", 60_000_000_000), ("s", 1_000_000_000), ("ms", 1_000_000), ("us", 1000), ("ns", 1),
    ]
    where left >= size {
      text += "\(left / size)\(unit)"
      left %= size
    }
    return text
  }

  static func of(_ value: RestartPolicy) -> String {
    switch value {
    case .no: "no"
    case .always: "always"
    case .unlessStopped: "unless-stopped"
    case .onFailure(let maximum): "on-failure" + (maximum.map { ":\($0)" } ?? "")
    }
  }

  static func of(_ value: PortMapping) -> String {
    let address = value.hostAddress.map { ($0.contains(":") ? "[\($0)]" : $0) + ":" } ?? ""
    let choices = value.choices.map { "\($0.lowerBound)-\($0.upperBound):" }
    let published = value.published.map { "\($0):" } ?? choices ?? (address.isEmpty ? "" : ":")
    let firewall = value.firewall.map { " (ports_firewall: \($0.rawValue))" } ?? ""
    return "\(address)\(published)\(value.target)/\(value.transport.rawValue)\(firewall)"
  }

  static func of(_ value: NetworkMode) -> String {
    switch value {
    case .bridges(let attachments): of(attachments.map(\.network.rawValue))
    case .host: "host"
    case .none: "none"
    case .service(let service): "service:\(service)"
    case .container(let name): "container:\(name)"
    }
  }

  static func of(_ value: Attachment) -> String {
    var parts: [String] = []
    if !value.aliases.isEmpty { parts.append("aliases \(of(value.aliases))") }
    if let address = value.address { parts.append("address \(address)") }
    if let address = value.address6 { parts.append("address \(address)") }
    if let mac = value.mac { parts.append("mac \(mac)") }
    if value.priority != 0 { parts.append("priority \(value.priority)") }
    if let priority = value.gatewayPriority { parts.append("gw_priority \(priority)") }
    if let name = value.interfaceName { parts.append("interface \(name)") }
    if let addresses = value.linkLocalAddresses { parts.append("link-local \(of(addresses))") }
    for (name, value) in (value.sysctls ?? [:]).sorted(by: { $0.key < $1.key }) { parts.append("\(name)=\(value)") }
    return parts.isEmpty ? "attached" : parts.joined(separator: ", ")
  }

  static func of(_ value: Mount) -> String {
    let source =
      switch value.source {
      case .bind(let path, let creates, let propagation):
        path + (creates ? "" : ",create_host_path=false") + (propagation.map { ",\($0)" } ?? "")
      case .volume(let name): name.rawValue
      case .image(let name): "image \(name)"
      case .anonymousVolume: "anonymous"
      case .tmpfs(let size, let mode, let uid, let gid):
        [
          "tmpfs", size.map { "size=\(of($0))" }, mode.map { "mode=0\(String($0, radix: 8))" }, uid.map { "uid=\($0)" },
          gid.map { "gid=\($0)" },
        ]
        .compactMap { $0 }.joined(separator: ",")
      }
    return source + (value.isReadOnly ? ":ro" : "") + (value.noCopy ? ",nocopy" : "") + (value.subpath.map { ",subpath=\($0)" } ?? "")
      + (value.recursion.map { ",recursive=\($0.rawValue)" } ?? "")
  }

  static func of(_ value: FileGrant) -> String {
    var text = value.target
    if let uid = value.uid { text += ",uid=\(uid)" }
    if let gid = value.gid { text += ",gid=\(gid)" }
    if let mode = value.mode { text += ",mode=0\(String(mode, radix: 8))" }
    return text
  }

  static func of(_ value: Hook) -> String {
    hook(command: value.command, image: nil, user: value.user, value.isPrivileged, value.workingDirectory, value.environment)
  }

  static func of(_ value: InitStep) -> String {
    hook(command: value.command, image: value.image, user: value.user, value.isPrivileged, value.workingDirectory, value.environment)
      + (value.isPerReplica ? ", per replica" : "")
  }

  /// Only the names of variables: their values may be secret.
  private static func hook(
    command: [String]?, image: String?, user: String?, _ isPrivileged: Bool, _ directory: String?, _ environment: [String: String]
  ) -> String {
    var parts = [command.map { $0.joined(separator: " ") } ?? "the image's command"]
    if let image { parts.append("image \(image)") }
    if let user { parts.append("user \(user)") }
    if isPrivileged { parts.append("privileged") }
    if let directory { parts.append("in \(directory)") }
    if !environment.isEmpty { parts.append("with " + environment.keys.sorted().joined(separator: " ")) }
    return parts.joined(separator: ", ")
  }

  static func of(_ value: DeviceMapping) -> String { "\(value.source):\(value.target):\(value.permissions)" }
  static func of(_ value: Ulimit) -> String { value.soft == value.hard ? "\(value.soft)" : "\(value.soft):\(value.hard)" }
}
