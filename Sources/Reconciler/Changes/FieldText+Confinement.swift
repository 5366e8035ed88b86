import StackModel

extension FieldText {
  static func of(_ value: SeccompSetting) -> String {
    switch value {
    case .standard: "default"
    case .unconfined: "unconfined"
    case .profile(let profile):
      "\(profile.source) (\(profile.rules.reduce(0) { $0 + $1.names.count }) calls in \(profile.rules.count) rules)"
    }
  }

  static func of(_ value: DeviceCgroupRule) -> String {
    func number(_ value: UInt32?) -> String { value.map { String($0) } ?? "*" }
    return "\(value.kind.rawValue) \(number(value.major)):\(number(value.minor)) \(value.permissions)"
  }

  static func of(_ value: ContainerReference) -> String {
    switch value {
    case .service(let service): "service:\(service)"
    case .container(let name): "container:\(name)"
    }
  }

  static func of(_ value: VolumesFrom) -> String { of(value.source) + (value.isReadOnly ? ":ro" : "") }
}

extension ContainerOptions {
  var pidText: String { pidOwner.map(FieldText.of) ?? (usesHostPID ? "host" : "private") }

  var ipcText: String {
    if usesHostIPC { return "host" }
    return switch ipc {
    case nil: "private"
    case .shareable?: "shareable"
    case IPCMode.none?: "none"
    case .of(let owner)?: FieldText.of(owner)
    }
  }
}
