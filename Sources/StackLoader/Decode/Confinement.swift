import StackModel

extension ServiceDecoder {
  func decodeConfinement(into options: inout ContainerOptions, _ requests: inout ServiceRequests) {
    options.capAdd = fields.texts("cap_add")
    options.capDrop = fields.texts("cap_drop")
    options.isPrivileged = fields.bool("privileged") ?? false
    decodeSecurityOptions(into: &options, &requests)
    options.devices = devices(&requests)
    options.deviceRules = deviceRules()
    decodeNamespaces(into: &options, &requests)
  }

  private func devices(_ requests: inout ServiceRequests) -> [DeviceMapping] {
    var devices: [DeviceMapping] = []
    for item in fields.items("devices") {
      guard let device = device(item) else { continue }
      if Self.isInterfaceName(device.source) {
        fields.refuse("devices", item["source"] ?? item, hint: "name the device's file, as /dev/dri/renderD128")
        requests.interfaceDevices = (requests.interfaceDevices ?? []) + [device.source]
        continue
      }
      guard device.source.hasPrefix("/") else {
        fields.refuse("devices", item["source"] ?? item, hint: "name the device's file, as /dev/ttyUSB0")
        continue
      }
      guard device.target.hasPrefix("/"), !device.permissions.isEmpty, device.permissions.allSatisfy({ "rwm".contains($0) }) else {
        report.error(
          .invalidValue, item.place, "\(subject): this is not a device", hint: "write it as /dev/HOST:/dev/CONTAINER:rwm")
        continue
      }
      if let at = devices.firstIndex(where: { $0.target == device.target }) { devices[at] = device } else { devices.append(device) }
    }
    return devices
  }

  /// `VENDOR/CLASS=NAME`, as the Container Device Interface names devices.
  static func isInterfaceName(_ text: String) -> Bool {
    guard !text.hasPrefix("/"), let equals = text.firstIndex(of: "="), let slash = text.firstIndex(of: "/") else { return false }
    return slash < equals && slash > text.startIndex && text.index(after: equals) < text.endIndex
  }

  private func device(_ item: Node) -> DeviceMapping? {
    if item.mapping != nil {
      let inner = fields.inner("devices", item)
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
