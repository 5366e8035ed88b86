import StackModel

/// What a service is attached to.
extension CanonicalService {
  func port(_ node: Node) -> [ConfigValue] {
    var ports: [PortMapping] = []
    do throws(PortReader.Failure) { ports = try PortReader.read(node) } catch { return [ConfigValue(node)] }
    return ports.map { port in
      var value: [String: ConfigValue] = [
        "mode": .string(node["mode"]?.text ?? "ingress"), "target": .integer(Int64(port.target)),
        "protocol": .string(port.transport.rawValue),
      ]
      if let address = port.hostAddress { value["host_ip"] = .string(address) }
      if let published = port.published { value["published"] = .string(String(published)) }
      for key in ["name", "app_protocol"] { if let text = node[key]?.text { value[key] = .string(text) } }
      return .map(value)
    }
  }

  func volume(_ node: Node) -> ConfigValue {
    let entry: VolumeEntry
    let fields = Fields(node: node, subject: "", report: Report())
    do throws(VolumeEntry.Failure) {
      entry = node.mapping != nil ? try VolumeEntry(long: fields) : try VolumeEntry(short: node, text: node.text ?? "")
    } catch {
      return ConfigValue(node)
    }
    var value: [String: ConfigValue] = ["type": .string(entry.kind.rawValue), "target": .string(entry.target)]
    if entry.isReadOnly { value["read_only"] = .bool(true) }
    switch entry.kind {
    case .bind:
      let written = entry.source ?? ""
      let isComplete = written.hasPrefix("/") || written.contains("$")
      value["source"] = .string(isComplete ? written : Paths.absolute(written, in: entry.place.origin.directory, home: home))
      var bind: [String: ConfigValue] = [:]
      if entry.createsHostPath { bind["create_host_path"] = .bool(true) }
      if let propagation = entry.propagation { bind["propagation"] = .string(propagation) }
      value["bind"] = .map(bind)
    case .volume:
      if let source = entry.source, !source.isEmpty { value["source"] = .string(source) }
      var volume: [String: ConfigValue] = [:]
      if entry.noCopy { volume["nocopy"] = .bool(true) }
      if let subpath = node["volume"]?["subpath"]?.text { volume["subpath"] = .string(subpath) }
      value["volume"] = .map(volume)
    case .tmpfs:
      value["tmpfs"] =
        node["tmpfs"].map { members($0) { key, value in key == "size" ? canonicalBytes(value) : ConfigValue(value) } } ?? .map([:])
    }
    return .map(value)
  }

  func networks(_ node: Node) -> ConfigValue {
    if let nodes = node.sequence { return .map(Dictionary(nodes.compactMap(\.text).map { ($0, .null) }) { $1 }) }
    guard let mapping = node.mapping else { return ConfigValue(node) }
    return .map(
      Dictionary(
        mapping.entries.map { entry in
          let value = members(entry.value) { key, value in key == "priority" ? canonicalInteger(value) : ConfigValue(value) }
          return (entry.key, value == .map([:]) ? .null : value)
        }
      ) { $1 })
  }
}
