import StackModel

extension ServiceDecoder {
  func decodeConfinement(into options: inout ContainerOptions) {
    options.capAdd = fields.texts("cap_add")
    options.capDrop = fields.texts("cap_drop")
    options.isPrivileged = fields.bool("privileged") ?? false
    decodeSecurityOptions(into: &options)
    options.devices = devices()
    options.usesHostPID = isHost("pid")
    options.usesHostIPC = isHost("ipc", otherwise: ["private", "shareable"])
    options.usesHostUTS = isHost("uts")
    only("private", "cgroup", hint: "remove it; every container has a cgroup namespace of its own")
    only("host", "userns_mode", hint: "remove it; use user to run as another user")
  }

  private func isHost(_ key: String, otherwise accepted: Set<String> = []) -> Bool {
    guard let text = fields.text(key), !text.isEmpty, let value = node[key] else { return false }
    if text == "host" { return true }
    if !accepted.contains(text) { fields.refuse(key, value, hint: "remove it, or use host") }
    return false
  }

  /// A key of which only the value is possible that holds anyway.
  private func only(_ accepted: String, _ key: String, hint: String) {
    guard let text = fields.text(key), !text.isEmpty, text != accepted, let value = node[key] else { return }
    fields.refuse(key, value, hint: hint)
  }

  private func decodeSecurityOptions(into options: inout ContainerOptions) {
    for item in fields.items("security_opt") {
      guard let text = item.text else {
        fields.mistyped("security_opt", item, "a list of strings")
        continue
      }
      switch text.replacing("=", with: ":") {
      case "no-new-privileges", "no-new-privileges:true": options.noNewPrivileges = true
      case "no-new-privileges:false": options.noNewPrivileges = false
      case "seccomp:unconfined": options.seccomp = .unconfined
      case "apparmor:unconfined", "label:disable":
        report.warning(
          .withoutEffect, item.place, "service \"\(name)\": security_opt \"\(text)\" has no effect",
          hint: "containers have no AppArmor profile and no SELinux label to begin with")
      default:
        fields.refuse("security_opt", item, hint: "there are no-new-privileges:true and seccomp=unconfined")
      }
    }
  }

  private func devices() -> [DeviceMapping] {
    var devices: [DeviceMapping] = []
    for item in fields.items("devices") {
      guard let device = device(item) else { continue }
      guard device.source.hasPrefix("/") else {
        fields.refuse("devices", item["source"] ?? item, hint: "name the device's file, as /dev/ttyUSB0")
        continue
      }
      guard device.target.hasPrefix("/"), !device.permissions.isEmpty, device.permissions.allSatisfy({ "rwm".contains($0) }) else {
        report.error(
          .invalidValue, item.place, "service \"\(name)\": this is not a device", hint: "write it as /dev/HOST:/dev/CONTAINER:rwm")
        continue
      }
      if let at = devices.firstIndex(where: { $0.target == device.target }) { devices[at] = device } else { devices.append(device) }
    }
    return devices
  }

  private func device(_ item: Node) -> DeviceMapping? {
    if item.mapping != nil {
      let inner = Fields(node: item, subject: "\(fields.subject), devices", report: report)
      guard let source = inner.text("source") else {
        report.error(.invalidValue, item.place, "\(inner.subject): an entry has no source")
        return nil
      }
      return DeviceMapping(source: source, target: inner.text("target") ?? source, permissions: inner.text("permissions") ?? "rwm")
    }
    guard let text = item.text else { return fields.wrong("devices", item, "a list of strings") }
    let parts = text.split(separator: ":", omittingEmptySubsequences: false).map(String.init)
    switch parts.count {
    case 1: return DeviceMapping(source: parts[0], target: parts[0])
    case 2 where !parts[1].hasPrefix("/"): return DeviceMapping(source: parts[0], target: parts[0], permissions: parts[1])
    case 2: return DeviceMapping(source: parts[0], target: parts[1])
    default: return DeviceMapping(source: parts[0], target: parts[1], permissions: parts[2...].joined(separator: ":"))
    }
  }
}
