import StackModel

/// The canonical form of a loaded stack's files.
struct Canonical {
  let loaded: LoadedStack
  let context: RenderContext
  /// Only these services and what they depend on; empty: all.
  let selection: [String]
  /// Without the values of secrets.
  let model: Node

  init(_ loaded: LoadedStack, format: ConfigFormat, options: ConfigOptions = ConfigOptions(), selection: [String] = []) {
    self.loaded = loaded
    self.selection = selection
    context = RenderContext(
      format: format, options: options, home: loaded.environment["HOME"], interpolates: loaded.interpolates,
      secrets: SecretValues(loaded.model))
    let written = options.resolvesEnvironment ? loaded.model : loaded.merged
    model = loaded.interpolates ? context.secrets.hidden(in: written) : written
  }

  func value() -> ConfigValue {
    let services = self.services
    let used = UsedNames(services, jobs)
    var top: [(String, ConfigValue)] = [("name", .string(loaded.stack.name.rawValue))]
    top.append(("services", .map(selected(services))))
    add("jobs", Forms.job, Set(jobs.keys), &top)
    add("networks", Forms.network, used.networks, &top)
    add("volumes", Forms.volume, used.volumes, &top)
    add("secrets", Forms.content, used.secrets, &top)
    add("configs", Forms.content, used.configs, &top)
    add("models", Forms.model, used.models, &top)
    top += (model.mapping?.entries ?? []).filter { $0.key.hasPrefix("x-") }.map { ($0.key, ConfigValue($0.value)) }
      .sorted { isNaturallyBefore($0.0, $1.0) }
    let isSorted = context.format == .json || !loaded.interpolates
    let map = isSorted ? ConfigMap(top.sorted { $0.0 < $1.0 }) : ConfigMap(top)
    guard loaded.interpolates else { return .map(map) }
    return ConfigValue.map(map).mapTexts(shown)
  }

  /// What is read again must not be interpolated again, but for the variables of secrets.
  private func shown(_ text: String) -> String {
    loaded.interpolates ? context.secrets.shown(text.replacing("$", with: "$$")) : text
  }

  /// The images that the services name; those that are only built have none.
  var images: [(service: String, image: String)] {
    selected(services).entries.compactMap { entry in
      guard case .map(let service) = entry.value, case .string(let image)? = service["image"] else { return nil }
      return (entry.key, shown(image))
    }
  }

  /// The enabled services.
  var services: ConfigMap {
    let all = model["services"]?.mapping?.entries ?? []
    let enabled = all.filter { !loaded.interpolates || loaded.decoded.services[ServiceName($0.key)] != nil }
    let service = CanonicalService(context: context)
    return ConfigMap(sorting: enabled.map { ($0.key, service.value($0.value)) })
  }

  /// The enabled jobs, as if they were services.
  private var jobs: ConfigMap {
    let all = model["jobs"]?.mapping?.entries ?? []
    let enabled = all.filter { !loaded.interpolates || loaded.decoded.jobs?[JobName($0.key)] != nil }
    let service = CanonicalService(context: context)
    return ConfigMap(sorting: enabled.map { ($0.key, service.value($0.value)) })
  }

  /// Those that are asked for and what they depend on.
  func selected(_ values: ConfigMap) -> ConfigMap {
    guard !selection.isEmpty else { return values }
    var kept: Set<String> = []
    var next = selection
    while let name = next.popLast() {
      guard kept.insert(name).inserted, case .map(let service)? = values[name] else { continue }
      if case .map(let dependencies)? = service["depends_on"] { next += dependencies.keys }
    }
    return ConfigMap(values.entries.filter { kept.contains($0.key) }.map { ($0.key, $0.value) })
  }

  /// - Parameter used: As with Compose, what no service uses is not part of the stack; nil: all are.
  private func add(
    _ section: String, _ members: [Member], _ used: Set<String>?, _ top: inout [(String, ConfigValue)]
  ) {
    let declared = model[section]?.mapping
    var entries = declared?.entries ?? []
    if section == "networks", declared?["default"] == nil, context.options.normalizes || !loaded.interpolates {
      entries.append(.init(key: "default", keyPlace: model.place, value: model.with(.null)))
    }
    if let used, loaded.interpolates { entries = entries.filter { used.contains($0.key) } }
    guard !entries.isEmpty else { return }
    let canonicalizer = Canonicalizer(context: context)
    top.append(
      (
        section,
        .map(ConfigMap(sorting: entries.map { ($0.key, canonicalizer.value(named(section, $0.key, $0.value), .object(members))) }))
      ))
  }

  private func named(_ section: String, _ key: String, _ written: Node) -> Node {
    let node = written.isNull ? written.mapping(of: []) : written
    guard context.options.normalizes, section != "models", section != "jobs", node["name"]?.text?.isEmpty ?? true else { return node }
    let external = node["external"]
    let isExternal = external.map { $0.mapping != nil || $0.text.flatMap(Values.bool) == true } ?? false
    let name = external?["name"]?.text ?? (isExternal ? key : "\(loaded.stack.name)_\(key)")
    return node.setting("name", node.with(name))
  }
}
