/// What the services, and the jobs, refer to.
struct UsedNames {
  private(set) var networks: Set<String> = []
  private(set) var volumes: Set<String> = []
  private(set) var secrets: Set<String> = []
  private(set) var configs: Set<String> = []
  private(set) var models: Set<String> = []

  init(_ services: ConfigMap, _ jobs: ConfigMap = ConfigMap([])) {
    for entry in services.entries + jobs.entries {
      guard case .map(let service) = entry.value else { continue }
      networks.formUnion(Self.keys(service["networks"]))
      models.formUnion(Self.keys(service["models"]))
      volumes.formUnion(Self.texts(service["volumes"], "source") { $0["type"] == .string("volume") })
      secrets.formUnion(Self.texts(service["secrets"], "source"))
      configs.formUnion(Self.texts(service["configs"], "source"))
      if case .map(let build)? = service["build"] { secrets.formUnion(Self.texts(build["secrets"], "source")) }
      if case .map(let specification)? = service["credential_spec"], case .string(let name)? = specification["config"] {
        configs.insert(name)
      }
    }
  }

  private static func keys(_ value: ConfigValue?) -> [String] { if case .map(let map)? = value { map.keys } else { [] } }

  private static func texts(_ value: ConfigValue?, _ key: String, where isMeant: (ConfigMap) -> Bool = { _ in true }) -> [String] {
    guard case .list(let items)? = value else { return [] }
    return items.compactMap { item in
      guard case .map(let map) = item, isMeant(map), case .string(let text)? = map[key] else { return nil }
      return text
    }
  }
}
