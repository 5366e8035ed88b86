import Diagnostics
import StackModel

/// The merged tree → ``Stack``.
struct StackDecoder<Reader: FileReader> {
  let model: Node
  let request: LoadRequest
  let name: String
  let directory: String
  let files: [String]
  let activeProfiles: Set<String>
  let environment: [String: String]
  let reader: Reader
  let report: Report

  func decode() -> (stack: Stack, values: [String: String], model: Node) {
    var values: [String: String] = [:]
    let top = TopLevelDecoder(model: model, project: name, report: report)
    let networks = top.networks()
    let volumes = top.volumes()
    let secrets = top.contents("secrets", values: &values)
    let configs = top.contents("configs", values: &values)
    let models = top.models()
    let services = serviceNodes()
    let enabled = enabledServices(services)
    let project = Project(
      name: name, directory: directory, home: environment["HOME"], networks: networks, volumes: volumes,
      secrets: Set(secrets.keys), configs: Set(configs.keys), models: Set(models.keys), services: Set(services.map(\.key)),
      buildable: Set(services.filter { $0.value["build"]?.isNull == false }.map(\.key)), enabledServices: enabled,
      read: { (path, limit) throws(FileError) in try reader.read(path, limit: limit) })

    var stack = Stack(name: ProjectName(name), workingDirectory: directory, files: files)
    stack.isProtected = top.isProtected()
    let portsFirewall = top.portsFirewall()
    var resolved = model
    var resolvedServices = Mapping()
    for entry in services {
      let isEnabled = enabled.contains(entry.key)
      let readsFiles = isEnabled && request.readsEnvironmentFiles
      let node = ServiceEnvironment(name: entry.key, reader: reader, report: report, readsFiles: readsFiles).resolve(entry.value)
      resolvedServices[entry: entry.key] = Mapping.Entry(key: entry.key, keyPlace: entry.keyPlace, value: node)
      var service = ServiceDecoder(name: entry.key, node: node, project: project, report: report).decode()
      service.origin = entry.keyPlace.range
      for index in service.options.ports.indices { service.options.ports[index].firewall = portsFirewall }
      if isEnabled { stack.services[service.name] = service } else { stack.disabledServices[service.name] = service }
    }
    if var mapping = resolved.mapping {
      if let section = mapping[entry: "services"] {
        mapping.set("services", section.value.with(.mapping(resolvedServices)))
      }
      resolved.value = .mapping(mapping)
    }
    decodeJobs(project, portsFirewall, into: &stack)
    ReferenceCheck(services: services, project: project, report: report).check(&stack)
    ContainerNameCheck(services: services, report: report).check(stack)
    PortCheck(services: services, report: report).check(stack)
    AddressCheck(services: services, networks: networks, report: report).check(stack)
    checkNamed(services)

    // As with Compose, what no enabled service or job uses is not part of the stack unless that is asked for.
    let networksByName = Dictionary(networks.values.map { ($0.name, $0) }) { first, _ in first }
    let volumesByName = Dictionary(volumes.values.map { ($0.name, $0) }) { first, _ in first }
    if request.allResources {
      // The default network is there by itself, but nobody has asked for it then.
      for (key, network) in networks where key != "default" || model["networks"]?["default"] != nil {
        stack.networks[network.name] = network
      }
      stack.volumes = volumesByName
    }
    for service in Array(stack.services.values) + (stack.jobs ?? [:]).values.map(\.definition) {
      if case .bridges(let attachments) = service.options.network {
        for attachment in attachments { stack.networks[attachment.network] = networksByName[attachment.network] }
      }
      for mount in service.options.mounts {
        if case .volume(let name) = mount.source { stack.volumes[name] = volumesByName[name] }
      }
      for grant in service.options.secrets { stack.secrets[SecretName(grant.source)] = secrets[grant.source] }
      for (key, model) in models where service.requests?.models?[key] != nil {
        stack.models = (stack.models ?? [:]).merging([key: model]) { $1 }
      }
      for grant in service.options.configs { stack.configs[ConfigName(grant.source)] = configs[grant.source] }
    }
    values = values.filter { value in
      let parts = value.key.split(separator: ".", maxSplits: 1).map(String.init)
      return parts[0] == "secrets" ? stack.secrets[SecretName(parts[1])] != nil : stack.configs[ConfigName(parts[1])] != nil
    }
    return (stack, values, resolved)
  }

  private func decodeJobs(_ project: Project, _ portsFirewall: PortsFirewall?, into stack: inout Stack) {
    func isEnabled(_ name: String, _ profiles: [String]) -> Bool {
      profiles.isEmpty || activeProfiles.contains("*") || profiles.contains(where: activeProfiles.contains)
        || request.services.contains(name)
    }
    let decoder = JobDecoder(
      model: model, project: project, report: report,
      resolved: { name, node in
        let profiles = node["profiles"]?.sequence?.compactMap(\.text) ?? []
        let readsFiles = request.readsEnvironmentFiles && isEnabled(name, profiles)
        return ServiceEnvironment(name: name, reader: reader, report: report, readsFiles: readsFiles).resolve(node)
      }, isEnabled: isEnabled)
    let (found, disabled) = decoder.decode()
    var enabled = found
    for name in enabled.keys {
      for index in enabled[name]?.definition.options.ports.indices ?? 0..<0 {
        enabled[name]?.definition.options.ports[index].firewall = portsFirewall
      }
    }
    stack.jobs = enabled.isEmpty ? nil : enabled
    stack.disabledJobs = disabled.isEmpty ? nil : disabled
  }

  private func serviceNodes() -> [Mapping.Entry] {
    guard let written = model["services"], !written.isNull else { return [] }
    guard let mapping = written.mapping else {
      report.error(.wrongType, written.place, "services must be a mapping, not \(written.kind)")
      return []
    }
    return mapping.entries.filter { entry in
      guard Names.isKey(entry.key) else {
        report.error(
          .name, entry.keyPlace, "\"\(entry.key)\" is not a name for a service", hint: "names have letters, digits, '_', '.' and '-'")
        return false
      }
      guard entry.value.mapping != nil else {
        report.error(
          entry.value.isNull ? .noImage : .wrongType, entry.value.isNull ? entry.keyPlace : entry.value.place,
          entry.value.isNull
            ? "service \"\(entry.key)\" has neither an image nor a build context"
            : "service \"\(entry.key)\" must be a mapping, not \(entry.value.kind)",
          hint: "write its keys, as image: NAME, indented below it")
        return false
      }
      return true
    }
  }

  /// Services without profiles, those with an active one, and those named in the request with all that share their profiles.
  private func enabledServices(_ services: [Mapping.Entry]) -> Set<String> {
    func profiles(_ entry: Mapping.Entry) -> [String] { entry.value["profiles"]?.sequence?.compactMap(\.text) ?? [] }
    var active = activeProfiles
    for entry in services where request.services.contains(entry.key) && active.isDisjoint(with: profiles(entry)) {
      active.formUnion(profiles(entry))
    }
    let isEverything = active.contains("*")
    return Set(
      services.filter { entry in
        let own = profiles(entry)
        return own.isEmpty || isEverything || own.contains(where: active.contains)
      }.map(\.key))
  }

  /// Services and jobs named on the command line must exist.
  private func checkNamed(_ services: [Mapping.Entry]) {
    for name in request.services where !services.contains(where: { $0.key == name }) {
      if model["jobs"]?.mapping?[name] != nil { continue }
      let hint = nearestName(to: name, among: services.map(\.key)).map { "did you mean \"\($0)\"?" }
      report.error(
        .undeclared, nil, "no such service: \(name)",
        hint: hint ?? "the services are \(services.map(\.key).sorted().joined(separator: ", "))")
    }
  }
}
