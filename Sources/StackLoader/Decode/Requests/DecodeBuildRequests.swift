import Diagnostics
import StackModel

extension ServiceDecoder {
  /// What `build` says beyond ``BuildSpec``; nil: nothing.
  func buildRequests(_ written: Fields) -> BuildRequests? {
    var requests = BuildRequests()
    requests.contexts = contexts(written).others
    requests.cacheFrom = cachePlaces("cache_from", .reading, written)
    requests.cacheTo = cachePlaces("cache_to", .writing, written)
    requests.entitlements = written.someTexts("entitlements")
    requests.isolation = written.text("isolation")
    requests.platforms = platforms(written)
    requests.isPrivileged = written.bool("privileged").flatMap { $0 ? true : nil }
    requests.provenance = attestation("provenance", written)
    requests.sbom = attestation("sbom", written)
    requests.pullsBase = written.bool("pull").flatMap { $0 ? true : nil }
    if let network = written.text("network"), !["", "default", "host", "none"].contains(network), let value = written.node["network"] {
      written.refuse("network", value, hint: "there are host and none; without it the build has a network of its own")
      requests.network = network
    }
    return requests.isEmpty ? nil : requests
  }

  /// `build`, as far as the builder has it beyond the first fields; nil: nothing.
  func buildOptions(_ written: Fields) -> BuildOptions? {
    var options = BuildOptions()
    options.contexts = contexts(written, tells: true).known ?? [:]
    for grant in grants("secrets", "secret", in: written, known: project.secrets, directory: secretDirectory) {
      // The target is the id in the Dockerfile.
      let id = grant.target.hasPrefix(secretDirectory) ? String(grant.target.dropFirst(secretDirectory.count)) : grant.target
      options.secrets[id] = grant
    }
    options.uncachedStages = written.texts("no_cache_filter", orOne: true)
    options.shmSize = written.bytes("shm_size")
    options.ulimits = ulimits(written)
    for entry in written.entries("ssh") {
      let origin = entry.keyPlace.origin
      let written = entry.value.text.flatMap { $0.isEmpty ? nil : Paths.absolute($0, in: origin.directory, home: project.home) }
      options.agents = (options.agents ?? [:]).merging([entry.key: written ?? origin.environment["SSH_AUTH_SOCK"] ?? ""]) { $1 }
    }
    return options == BuildOptions() ? nil : options
  }

  private var secretDirectory: String { "/run/secrets/" }

  /// `additional_contexts`: those that the builder can use, and all others, which are told about once.
  private func contexts(_ written: Fields, tells: Bool = false) -> (known: [String: BuildSource]?, others: [String: BuildSource]?) {
    var known: [String: BuildSource] = [:]
    var others: [String: BuildSource] = [:]
    for entry in written.entries("additional_contexts") {
      guard let text = entry.value.text, !text.isEmpty else {
        if tells {
          report.error(
            .invalidValue, entry.keyPlace, "\(written.subject): the additional context \"\(entry.key)\" has no source",
            hint: "write it as \(entry.key): ./directory, docker-image://NAME or service:NAME")
        }
        continue
      }
      let source = source(text, entry.value, tells: tells)
      if source.isKnown {
        known[entry.key] = source
      } else {
        others[entry.key] = source
        if tells {
          written.refuse(
            "additional_contexts.\(entry.key)", entry.value,
            hint: "use a directory, a git repository, docker-image://NAME of a local image, or service:NAME")
        }
      }
    }
    return (known.isEmpty ? nil : known, others.isEmpty ? nil : others)
  }

  private func source(_ text: String, _ node: Node, tells: Bool) -> BuildSource {
    func rest(_ prefix: String) -> String? { text.hasPrefix(prefix) ? String(text.dropFirst(prefix.count)) : nil }
    if let image = rest("docker-image://") {
      if tells, let problem = imageProblem(image) { report.error(.imageName, node.place, "\(fields.subject), build: \(problem)") }
      return .image(image)
    }
    if let service = rest("service:") {
      if tells { isDeclared(service, "service", node.place, project.services, section: "services") }
      if tells, project.services.contains(service), !project.buildable.contains(service) {
        report.error(
          .conflict, node.place, "\(fields.subject), build: the additional context \"service:\(service)\" has no build",
          hint: "name the image that it runs: docker-image://NAME")
      }
      return .service(ServiceName(service))
    }
    if let target = rest("target:") { return .target(target) }
    if let path = rest("oci-layout://") { return .layout(path) }
    if let repository = GitSource(text) {
      if tells, let problem = repository.problem { report.error(.invalidValue, node.place, "\(fields.subject), build: \(problem)") }
      return .remote(text)
    }
    if StackFiles.isRemote(text) { return .remote(text) }
    return .directory(Paths.absolute(text, in: node.place.origin.directory, home: project.home))
  }

  /// `cache_from`, `cache_to`. What no build can use is told about, and builds go on without it (Compose Specification, "cache_from").
  private func cachePlaces(_ key: String, _ use: CachePlace.Use, _ written: Fields) -> [CachePlace]? {
    var places: [CachePlace] = []
    for item in written.items(key) {
      guard let text = item.text else {
        written.mistyped(key, item, "a list of strings")
        continue
      }
      func invalid(_ problem: String) {
        report.error(
          .invalidValue, item.place, "\(written.subject): \(key) \"\(text)\" \(problem)",
          hint: "write it as an image's name, or type=registry,ref=NAME, or type=local,\(use == .reading ? "src" : "dest")=PATH")
      }
      guard let place = CachePlace(text) else {
        invalid("is not understood")
        continue
      }
      if let problem = place.problem(use) {
        invalid(problem)
        continue
      }
      if place.type == "registry", let problem = imageProblem(place.name) {
        report.error(.imageName, item.place, "\(written.subject), \(key): \(problem)")
      }
      tell(of: place, key, use, item, written)
      places.append(place.located { Paths.absolute($0, in: item.place.origin.directory, home: project.home) })
    }
    return places.isEmpty ? nil : places
  }

  /// What of a cache has no effect.
  private func tell(of place: CachePlace, _ key: String, _ use: CachePlace.Use, _ item: Node, _ written: Fields) {
    if !place.isSupported(use) {
      let verb = use == .reading ? "reads" : "writes"
      written.remark(
        key, .approximate, item.place, "\(key) \"\(place.name)\" has no effect: no build \(verb) caches of that type",
        hint: "there are type=registry and type=local" + (use == .reading ? "" : ", and type=inline"))
    }
    let idle = place.idle(use)
    if !idle.isEmpty {
      written.remark(
        key, .approximate, item.place, "\(key) \"\(place.name)\": \(Fields.listed(idle)) \(idle.count == 1 ? "has" : "have") no effect",
        hint: "remove it")
    }
  }

  private func platforms(_ written: Fields) -> [String]? {
    guard let platforms = written.someTexts("platforms") else { return nil }
    if let own = fields.text("platform"), !own.isEmpty, !platforms.contains(own) {
      report.error(
        .conflict, written.place("platforms"), "\(written.subject): platforms does not have the service's own platform \"\(own)\"",
        hint: "add \(own)")
    }
    guard platforms.contains(where: Platforms.isHost), let value = written.node["platforms"] else {
      if let value = written.node["platforms"] {
        written.refuse("platforms", value, hint: "this machine builds for \(Platforms.host)")
      }
      return platforms
    }
    if platforms.count > 1 {
      written.remark(
        "platforms", .approximate, value.place, "the image is built for \(Platforms.host) alone",
        hint: "this machine cannot build for others")
    }
    return platforms
  }

  /// true, false, or the builder's own parameters.
  private func attestation(_ key: String, _ written: Fields) -> Attestation? {
    guard let text = written.text(key), !text.isEmpty else { return nil }
    return Values.bool(text).map { $0 ? .on : .off } ?? .with(text)
  }
}

extension BuildSource {
  /// Whether the builder can use it.
  fileprivate var isKnown: Bool {
    switch self {
    case .directory, .image, .service: true
    case .target, .layout: false
    case .remote(let address): GitSource(address) != nil
    }
  }
}
