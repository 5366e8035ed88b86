import StackModel

/// The canonical form of a loaded stack's files. What cannot be read, because variables are still in it, stays as it is.
struct Canonical {
  let loaded: LoadedStack

  func value() -> ConfigValue {
    var top: [String: ConfigValue] = ["name": .string(loaded.stack.name.rawValue)]
    for entry in loaded.model.mapping?.entries ?? [] where entry.key.hasPrefix("x-") { top[entry.key] = ConfigValue(entry.value) }
    let services = loaded.model["services"]?.mapping?.entries.filter { loaded.decoded.services[ServiceName($0.key)] != nil } ?? []
    top["services"] = .map(
      Dictionary(services.map { ($0.key, CanonicalService(node: $0.value, home: loaded.environment["HOME"]).value()) }) { $1 })
    set("networks", loaded.decoded.networks.values.map { ($0.key, $0.name.rawValue) }, network, in: &top)
    set("volumes", loaded.decoded.volumes.values.map { ($0.key, $0.name.rawValue) }, plain, in: &top)
    set("secrets", loaded.decoded.secrets.map { ($0.key.rawValue, contentName($0.key.rawValue, $0.value)) }, content, in: &top)
    set("configs", loaded.decoded.configs.map { ($0.key.rawValue, contentName($0.key.rawValue, $0.value)) }, content, in: &top)
    return loaded.interpolates ? escaped(.map(top)) : .map(top)
  }

  private func contentName(_ key: String, _ source: FileSource) -> String { source.name ?? "\(loaded.stack.name)_\(key)" }

  private func set(
    _ section: String, _ names: [(key: String, name: String)], _ convert: (Node) -> [String: ConfigValue],
    in top: inout [String: ConfigValue]
  ) {
    guard !names.isEmpty else { return }
    var values: [String: ConfigValue] = [:]
    for (key, name) in names {
      var value = loaded.model[section]?[key].map(convert) ?? (section == "networks" ? ["ipam": .map([:])] : [:])
      value["name"] = .string(name)
      values[key] = .map(value)
    }
    top[section] = .map(values)
  }

  private func plain(_ node: Node) -> [String: ConfigValue] {
    var value: [String: ConfigValue] = [:]
    for entry in node.mapping?.entries ?? [] where !entry.value.isNull {
      switch entry.key {
      case "labels", "driver_opts": if let pairs = canonicalPairs(entry.value), pairs != .map([:]) { value[entry.key] = pairs }
      case "external": if entry.value.mapping != nil || canonicalBool(entry.value) == .bool(true) { value["external"] = .bool(true) }
      case "internal", "attachable", "enable_ipv4", "enable_ipv6": value[entry.key] = canonicalBool(entry.value)
      default: value[entry.key] = ConfigValue(entry.value)
      }
    }
    return value
  }

  private func network(_ node: Node) -> [String: ConfigValue] {
    var value = plain(node)
    if value["ipam"] == nil { value["ipam"] = .map([:]) }
    return value
  }

  private func content(_ node: Node) -> [String: ConfigValue] {
    var value = plain(node)
    if let file = node["file"], let text = file.text {
      value["file"] = .string(Paths.absolute(text, in: file.place.origin.directory, home: loaded.environment["HOME"]))
    }
    return value
  }

  /// What is read again must not be interpolated again.
  private func escaped(_ value: ConfigValue) -> ConfigValue {
    switch value {
    case .string(let text): .string(text.replacing("$", with: "$$"))
    case .list(let values): .list(values.map(escaped))
    case .map(let values): .map(values.mapValues(escaped))
    default: value
    }
  }
}
