import StackModel

/// The builds of a stack as a file of `docker buildx bake`, which is what `build --print` of Docker Compose shows.
struct BakeFile: Encodable, Equatable {
  struct Group: Encodable, Equatable { var targets: [String] }

  struct Target: Encodable, Equatable {
    var context: String
    var contexts: [String: String]?
    var dockerfile: String?
    var inlineDockerfile: String?
    var arguments: [String: String]?
    var labels: [String: String]?
    var tags: [String]
    var cacheFrom: [String]?
    var cacheTo: [String]?
    var target: String?
    var secrets: [String]?
    var agents: [String]?
    var platforms: [String]?
    var pulls: Bool?
    var noCache: Bool?
    var network: String?
    var uncachedStages: [String]?
    var shmSize: String?
    var ulimits: [String]?
    var call: String?
    var entitlements: [String]?
    var extraHosts: [String: String]?
    var outputs: [String]?
    var attestations: [String]?

    enum CodingKeys: String, CodingKey {
      case context, contexts, dockerfile, labels, tags, target, platforms, network, ulimits, call, entitlements
      case inlineDockerfile = "dockerfile-inline"
      case arguments = "args"
      case cacheFrom = "cache-from"
      case cacheTo = "cache-to"
      case secrets = "secret"
      case agents = "ssh"
      case pulls = "pull"
      case noCache = "no-cache"
      case uncachedStages = "no-cache-filter"
      case shmSize = "shm-size"
      case extraHosts = "extra-hosts"
      case outputs = "output"
      case attestations = "attest"
    }
  }

  var group: [String: Group]
  var target: [String: Target]

  /// What is asked for with the builds.
  struct Options {
    var pushes = false
    var checks = false
    var noCache = false
  }

  /// - Parameters:
  ///   - chosen: those that are built; empty: all that have a build section. The others are there to be built upon.
  ///   - notes: gets what such a file cannot say, a sentence each.
  init(_ stack: Stack, chosen: [ServiceName], _ options: Options, notes: inout [String]) {
    let builds = stack.servicesAndJobs.filter { $0.value.build != nil }
    let names = Self.names(of: builds.keys.sorted())
    let wanted = chosen.isEmpty ? builds.keys.sorted() : chosen.filter { builds[$0] != nil }
    group = ["default": Group(targets: wanted.compactMap { names[$0] })]
    target = [:]
    for (name, service) in builds.sorted(by: { $0.key < $1.key }) {
      guard let build = service.build, let key = names[name] else { continue }
      target[key] = Target(service, build, stack, names, options, &notes)
    }
  }

  /// A target's name has no dots; of two that are then the same the later one gets a `_`.
  private static func names(of services: [ServiceName]) -> [ServiceName: String] {
    var names: [ServiceName: String] = [:]
    var taken: Set<String> = []
    for service in services {
      var name = service.rawValue.replacing(".", with: "_")
      while !taken.insert(name).inserted { name += "_" }
      names[service] = name
    }
    return names
  }
}

extension BakeFile.Target {
  init(
    _ service: Service, _ build: BuildSpec, _ stack: Stack, _ names: [ServiceName: String], _ options: BakeFile.Options,
    _ notes: inout [String]
  ) {
    func some<Value: Collection>(_ value: Value?) -> Value? { value.flatMap { $0.isEmpty ? nil : $0 } }
    // A bake file has variables of its own.
    func plain(_ text: String) -> String { text.replacing("${", with: "$${") }
    let more = build.options ?? BuildOptions()
    let requests = build.requests ?? BuildRequests()
    context = requests.remoteContext ?? build.context
    contexts = some(more.contexts.merging(requests.contexts ?? [:]) { $1 }.mapValues { Self.text(of: $0, names) })
    dockerfile = build.inlineDockerfile == nil ? build.dockerfile : nil
    inlineDockerfile = build.inlineDockerfile.map(plain)
    arguments = some(build.arguments.mapValues(plain))
    labels = some(build.labels)
    tags = build.tags + [service.image]
    cacheFrom = some(requests.cacheFrom?.map(\.text))
    cacheTo = some(requests.cacheTo?.map(\.text))
    target = build.target
    secrets = some(
      more.secrets.sorted { $0.key < $1.key }.compactMap { id, grant in
        switch stack.secrets[SecretName(grant.source)]?.origin {
        case .environment(let variable)?: return "id=\(id),type=env,env=\(variable)"
        case .file(let path)?: return "id=\(id),type=file,src=\(path)"
        case .stored?, .content?, nil:
          notes.append("service \"\(service.name)\": the secret \"\(grant.source)\" is the engine's own, and a bake file cannot name it")
          return nil
        }
      })
    agents = some((more.agents ?? [:]).sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" })
    platforms = some(requests.platforms)
    pulls = requests.pullsBase == true ? true : nil
    noCache = build.noCache || options.noCache ? true : nil
    network = build.network ?? requests.network
    uncachedStages = some(more.uncachedStages)
    shmSize = more.shmSize.map { String($0.bytes) }
    ulimits = some(
      more.ulimits.sorted { $0.key < $1.key }.map { name, limit in
        limit.soft == limit.hard ? "\(name)=\(limit.soft)" : "\(name)=\(limit.soft):\(limit.hard)"
      })
    entitlements = some((requests.entitlements ?? []) + (requests.isPrivileged == true ? ["security.insecure"] : []))
    extraHosts = some(Dictionary(build.extraHosts.map { ($0.name, $0.address) }) { $0 + "," + $1 })
    attestations = some(
      [("provenance", requests.provenance), ("sbom", requests.sbom)].compactMap { name, asked in
        switch asked {
        case nil: nil
        case .on?: "type=\(name)"
        case .off?: "type=\(name),disabled=true"
        case .with(let how)?: "type=\(name),\(how)"
        }
      })
    if options.checks {
      call = "lint"
    } else if (requests.platforms ?? []).count > 1 {
      outputs = ["type=image,push=\(options.pushes)"]
    } else {
      outputs = [options.pushes ? "type=registry" : "type=docker"]
    }
  }

  private static func text(of source: BuildSource, _ names: [ServiceName: String]) -> String {
    switch source {
    case .directory(let path): path
    case .image(let name): "docker-image://" + name
    case .service(let name): "target:" + (names[name] ?? name.rawValue)
    case .target(let name): "target:" + name
    case .layout(let path): "oci-layout://" + path
    case .remote(let address): address
    }
  }
}
