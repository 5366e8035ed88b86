import StackModel

extension ServiceDecoder {
  func decodeNamespaces(into options: inout ContainerOptions, _ requests: inout ServiceRequests) {
    var others = NamespaceRequests()
    decodePID(into: &options, &others)
    decodeIPC(into: &options, &others)
    switch namespace("uts") {
    case nil: break
    case .host?: options.usesHostUTS = true
    case let mode?:
      refuse("uts", hint: "remove it, or use host")
      others.uts = mode
    }
    switch namespace("cgroup") {
    case nil, .private: break
    case .host: options.usesHostCgroup = true
    default: if let value = node["cgroup"] { let _: NamespaceMode? = fields.unknown("cgroup", value, among: ["host", "private"]) }
    }
    switch namespace("userns_mode") {
    case nil: break
    case .host?: options.users = .host
    case let mode?:
      refuse("userns_mode", hint: "there is host; without it the engine's setting userns-remap counts")
      others.user = mode
    }
    if others != NamespaceRequests() { requests.namespaces = others }
  }

  private func decodePID(into options: inout ContainerOptions, _ others: inout NamespaceRequests) {
    switch namespace("pid") {
    case nil: break
    case .host?: options.usesHostPID = true
    case .service(let service): options.pidOwner = .service(service)
    case .container(let container): options.pidOwner = .container(container)
    case let mode?:
      refuse("pid", hint: "there are host, service:NAME and container:NAME; without it every container has its own")
      others.pid = mode
    }
  }

  private func decodeIPC(into options: inout ContainerOptions, _ others: inout NamespaceRequests) {
    switch namespace("ipc") {
    case nil, .private: break
    case .host?: options.usesHostIPC = true
    case .shareable: options.ipc = .shareable
    case NamespaceMode.none?: options.ipc = IPCMode.none
    case .service(let service): options.ipc = .of(.service(service))
    case .container(let container): options.ipc = .of(.container(container))
    case let mode?:
      refuse("ipc", hint: "there are host, private, shareable, none, service:NAME and container:NAME")
      others.ipc = mode
    }
  }

  private func refuse(_ key: String, hint: String) {
    if let value = node[key] { fields.refuse(key, value, hint: hint) }
  }

  /// nil: not asked for.
  private func namespace(_ key: String) -> NamespaceMode? {
    guard let text = fields.text(key), !text.isEmpty else { return nil }
    switch text {
    case "host": return .host
    case "private": return .private
    case "shareable": return .shareable
    case "none": return NamespaceMode.none
    default: break
    }
    if text.hasPrefix("service:") { return .service(ServiceName(String(text.dropFirst("service:".count)))) }
    if text.hasPrefix("container:") { return .container(String(text.dropFirst("container:".count))) }
    return .other(text)
  }
}
