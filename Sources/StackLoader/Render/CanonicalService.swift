import StackModel

/// The canonical form of one service.
struct CanonicalService {
  let node: Node
  let home: String?

  func value() -> ConfigValue {
    var service: [String: ConfigValue] = ["command": .null, "entrypoint": .null]
    for entry in node.mapping?.entries ?? [] where !entry.value.isNull {
      let value = value(of: entry.key, entry.value)
      if value == .list([]) && entry.key != "command" && entry.key != "entrypoint" || value == .map([:]) || value == .null { continue }
      service[entry.key] = value
    }
    if service["networks"] == nil, service["network_mode"] == nil { service["networks"] = .map(["default": .null]) }
    if let dependencies = dependencies() { service["depends_on"] = dependencies }
    return .map(service)
  }

  private func value(of key: String, _ node: Node) -> ConfigValue {
    switch key {
    case "build": build(node)
    case "command", "entrypoint": canonicalCommand(node)
    case "environment": canonicalPairs(node, keepingUnset: true) ?? ConfigValue(node)
    case "labels", "annotations", "sysctls": canonicalPairs(node) ?? ConfigValue(node)
    case "ports": .list((node.sequence ?? []).flatMap(port))
    case "volumes": .list((node.sequence ?? []).map(volume))
    case "networks": networks(node)
    case "secrets": grants(node, directory: "/run/secrets/")
    case "configs": grants(node, directory: "/")
    case "healthcheck": healthcheck(node)
    case "extra_hosts": canonicalHosts(node)
    case "env_file": envFiles(node)
    case "tmpfs", "dns", "dns_search", "dns_opt", "expose", "group_add", "cap_add", "cap_drop", "profiles", "links", "security_opt",
      "label_file":
      canonicalTexts(node)
    case "mem_limit", "mem_reservation", "memswap_limit", "shm_size": canonicalBytes(node)
    case "cpus": canonicalNumber(node)
    case "cpu_shares", "cpu_quota", "cpu_period", "pids_limit", "oom_score_adj", "scale": canonicalInteger(node)
    case "stop_grace_period": canonicalDuration(node)
    case "privileged", "read_only", "tty", "stdin_open", "init", "attach": canonicalBool(node)
    case "image", "container_name", "hostname", "domainname", "user", "working_dir", "restart", "stop_signal", "mac_address", "cpuset",
      "network_mode", "pid", "ipc", "uts", "platform", "pull_policy", "runtime":
      canonicalText(node)
    case "logging": logging(node)
    case "ulimits": members(node) { _, value in value.mapping == nil ? canonicalInteger(value) : members(value) { canonicalInteger($1) } }
    case "devices": .list((node.sequence ?? []).map(device))
    case "deploy": deploy(node)
    default: ConfigValue(node)
    }
  }

  /// A mapping with each value converted; nothing for null.
  func members(_ node: Node, _ convert: (String, Node) -> ConfigValue) -> ConfigValue {
    guard let mapping = node.mapping else { return ConfigValue(node) }
    return .map(Dictionary(mapping.entries.filter { !$0.value.isNull }.map { ($0.key, convert($0.key, $0.value)) }) { $1 })
  }

  private func build(_ node: Node) -> ConfigValue {
    func context(_ text: String, _ place: Place) -> ConfigValue {
      .string(text.contains("$") || StackFiles.isRemote(text) ? text : Paths.absolute(text, in: place.origin.directory, home: home))
    }
    guard let mapping = node.mapping else {
      return .map(["context": context(node.text ?? "", node.place), "dockerfile": .string("Dockerfile")])
    }
    guard
      case .map(var build) = members(
        node,
        { key, value in
          switch key {
          case "args":
            canonicalPairs(value, keepingUnset: true).map { pairs in
              guard case .map(var arguments) = pairs else { return pairs }
              for (name, argument) in arguments where argument == .null {
                arguments[name] = value.place.origin.environment[name].map { .string($0) }
              }
              return .map(arguments)
            } ?? ConfigValue(value)
          case "labels": canonicalPairs(value) ?? ConfigValue(value)
          case "extra_hosts": canonicalHosts(value)
          case "tags": canonicalTexts(value)
          case "no_cache": canonicalBool(value)
          default: ConfigValue(value)
          }
        })
    else { return ConfigValue(node) }
    build["context"] = context(mapping["context"]?.text ?? ".", mapping["context"]?.place ?? node.place)
    if build["dockerfile_inline"] == nil, build["dockerfile"] == nil { build["dockerfile"] = .string("Dockerfile") }
    return .map(build)
  }

  private func dependencies() -> ConfigValue? {
    var all: [String: ConfigValue] = [:]
    let implied: ConfigValue = .map(["condition": .string("service_started"), "required": .bool(true), "restart": .bool(true)])
    for link in node["links"]?.sequence ?? [] { if let text = link.text { all[String(text.prefix { $0 != ":" })] = implied } }
    if let mode = node["network_mode"]?.text, mode.hasPrefix("service:") { all[String(mode.dropFirst(8))] = implied }
    let standard: [String: ConfigValue] = ["condition": .string("service_started"), "required": .bool(true)]
    for item in node["depends_on"]?.sequence ?? [] { if let text = item.text { all[text] = .map(standard) } }
    for entry in node["depends_on"]?.mapping?.entries ?? [] {
      guard case .map(var own) = members(entry.value, { key, value in key == "condition" ? canonicalText(value) : canonicalBool(value) })
      else {
        all[entry.key] = .map(standard)
        continue
      }
      own.merge(standard) { own, _ in own }
      if own["restart"] == .bool(false) { own["restart"] = nil }
      all[entry.key] = .map(own)
    }
    return all.isEmpty ? nil : .map(all)
  }

  private func grants(_ node: Node, directory: String) -> ConfigValue {
    .list(
      (node.sequence ?? []).map { item in
        guard
          case .map(var grant) = members(
            item,
            { key, value in
              key == "mode" ? Values.mode(value).map { .string("0" + String($0, radix: 8)) } ?? ConfigValue(value) : canonicalText(value)
            })
        else { return .map(["source": canonicalText(item), "target": .string(directory + (item.text ?? ""))]) }
        let target = item["target"]?.text ?? item["source"]?.text ?? ""
        grant["target"] = .string(target.hasPrefix("/") ? target : directory + target)
        return .map(grant)
      })
  }

  private func envFiles(_ node: Node) -> ConfigValue {
    .list(
      (node.sequence ?? [node]).map { item in
        guard item.mapping == nil else { return ConfigValue(item) }
        return .map(["path": canonicalText(item), "required": .bool(true)])
      })
  }

  private func healthcheck(_ node: Node) -> ConfigValue {
    members(node) { key, value in
      switch key {
      case "test":
        value.sequence != nil ? .list(value.sequence?.map(canonicalText) ?? []) : .list([.string("CMD-SHELL"), canonicalText(value)])
      case "interval", "timeout", "start_period", "start_interval": canonicalDuration(value)
      case "retries": canonicalInteger(value)
      case "disable": canonicalBool(value)
      default: ConfigValue(value)
      }
    }
  }

  private func logging(_ node: Node) -> ConfigValue {
    members(node) { key, value in key == "options" ? members(value) { canonicalText($1) } : ConfigValue(value) }
  }

  private func device(_ node: Node) -> ConfigValue {
    guard node.mapping == nil, let text = node.text else { return ConfigValue(node) }
    let parts = text.split(separator: ":", omittingEmptySubsequences: false).map(String.init)
    return .map([
      "source": .string(parts[0]), "target": .string(parts.count > 1 ? parts[1] : parts[0]),
      "permissions": .string(parts.count > 2 ? parts[2] : "rwm"),
    ])
  }

  private func deploy(_ node: Node) -> ConfigValue {
    members(node) { key, value in
      switch key {
      case "replicas": canonicalInteger(value)
      case "labels": canonicalPairs(value) ?? ConfigValue(value)
      case "resources": members(value) { _, kind in members(kind, resource) }
      case "restart_policy":
        members(value) { key, value in
          switch key {
          case "max_attempts": canonicalInteger(value)
          case "delay", "window": canonicalDuration(value)
          default: ConfigValue(value)
          }
        }
      default: ConfigValue(value)
      }
    }
  }

  private func resource(_ key: String, _ value: Node) -> ConfigValue {
    switch key {
    case "cpus": canonicalNumber(value)
    case "memory": canonicalBytes(value)
    case "pids": canonicalInteger(value)
    default: ConfigValue(value)
    }
  }
}
