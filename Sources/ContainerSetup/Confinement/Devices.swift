import LinuxKit
import OCI
import StackModel

/// Device nodes in the container beside those that every one has, and what the device controller allows.
struct ChosenDevices {
  var nodes: [RuntimeSpec.Device] = []
  var rules: [RuntimeSpec.Resources.DeviceRule]
  /// Where each node is on the host.
  var sources: [String: String] = [:]

  init(_ options: ContainerOptions, host: HostFacts) throws(SetupError) {
    if options.isPrivileged {
      rules = [RuntimeSpec.Resources.DeviceRule(allow: true, access: "rwm")]
      for device in try found("/dev", host.allDevices) { nodes.append(Self.node(device, at: device.path)) }
    } else {
      rules = defaultDeviceRules
    }
    if !options.isPrivileged { for rule in options.deviceRules ?? [] { try add(rule) } }
    for mapping in options.devices {
      let target = try containerPath(mapping.target, key: "devices")
      guard DeviceRule.Access(letters: mapping.permissions) != nil else {
        throw SetupError(
          "devices: \"\(mapping.permissions)\" is not a combination of r, w and m", hint: "write \(mapping.source):\(target):rwm")
      }
      let devices = try found(mapping.source) { try host.deviceLookup(mapping.source) }
      if devices.isEmpty { throw SetupError("devices: \(mapping.source) is not a device, nor a directory of devices") }
      for device in devices {
        let place = device.path.hasPrefix(mapping.source + "/") ? target + device.path.dropFirst(mapping.source.count) : target
        nodes.removeAll { $0.path == place }
        nodes.append(Self.node(device, at: place))
        sources[place] = device.path
        if options.isPrivileged { continue }
        rules.append(
          RuntimeSpec.Resources.DeviceRule(
            allow: true, type: device.isBlock ? "b" : "c", major: Int64(device.major), minor: Int64(device.minor),
            access: mapping.permissions))
      }
    }
  }

  /// `device_cgroup_rules`: no nodes, but what may be done with them.
  private mutating func add(_ rule: DeviceCgroupRule) throws(SetupError) {
    guard DeviceRule.Access(letters: rule.permissions) != nil else {
      throw SetupError("device_cgroup_rules: \"\(rule.permissions)\" is not a combination of r, w and m", hint: "write \"c 1:3 rwm\"")
    }
    let types: [String]
    switch rule.kind {
    // The kernel's "a" is everything whatever numbers stand behind it.
    case .all: types = ["c", "b"]
    case .character: types = ["c"]
    case .block: types = ["b"]
    }
    for type in types {
      rules.append(
        RuntimeSpec.Resources.DeviceRule(
          allow: true, type: type, major: rule.major.map { Int64($0) }, minor: rule.minor.map { Int64($0) }, access: rule.permissions))
    }
  }

  private static func node(_ device: DeviceNode, at path: String) -> RuntimeSpec.Device {
    RuntimeSpec.Device(
      type: device.isBlock ? "b" : "c", path: path, major: Int64(device.major), minor: Int64(device.minor), fileMode: device.mode,
      uid: device.uid, gid: device.gid)
  }
}

private func found(_ path: String, _ look: () throws -> [DeviceNode]) throws(SetupError) -> [DeviceNode] {
  do { return try look() } catch { throw SetupError("devices: \(path): \(error)") }
}

/// The nodes of every container's /dev, all of mode 0666 (OCI runtime specification, "Default Devices").
let defaultDevices: [(name: String, major: UInt32, minor: UInt32)] = [
  ("null", 1, 3), ("zero", 1, 5), ("full", 1, 7), ("random", 1, 8), ("urandom", 1, 9), ("tty", 5, 0),
]

/// Nothing is allowed but: making nodes, the default devices, the console, and pseudo-terminals (what Docker asks for and runc adds, without tun).
let defaultDeviceRules: [RuntimeSpec.Resources.DeviceRule] =
  [
    RuntimeSpec.Resources.DeviceRule(allow: false, access: "rwm"),
    RuntimeSpec.Resources.DeviceRule(allow: true, type: "c", access: "m"),
    RuntimeSpec.Resources.DeviceRule(allow: true, type: "b", access: "m"),
  ]
  + defaultDevices.map {
    RuntimeSpec.Resources.DeviceRule(allow: true, type: "c", major: Int64($0.major), minor: Int64($0.minor), access: "rwm")
  }
  + [
    RuntimeSpec.Resources.DeviceRule(allow: true, type: "c", major: 5, minor: 1, access: "rwm"),
    RuntimeSpec.Resources.DeviceRule(allow: true, type: "c", major: 5, minor: 2, access: "rwm"),
    RuntimeSpec.Resources.DeviceRule(allow: true, type: "c", major: 136, access: "rwm"),
  ]
