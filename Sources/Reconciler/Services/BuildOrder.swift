import StackModel

/// Services in an order in which one comes after those whose images its build uses (`additional_contexts: {x: service:y}`).
struct BuildOrder {
  private let services: [ServiceName: Service]
  private(set) var names: [ServiceName] = []
  private var path: [ServiceName] = []

  init(_ services: [ServiceName: Service]) { self.services = services }

  /// Adds a service after all that its build needs and that is built too. Throws when builds need each other.
  mutating func add(_ name: ServiceName) throws(PlanningError) {
    guard let service = services[name], let build = service.build, !names.contains(name) else { return }
    if let start = path.firstIndex(of: name) {
      throw PlanningError(
        service, "its build needs itself: " + (path[start...] + [name]).map(\.rawValue).joined(separator: " → "),
        hint: "take one of the additional_contexts away")
    }
    path.append(name)
    for need in build.neededServices { try add(need) }
    path.removeLast()
    names.append(name)
  }
}

extension BuildSpec {
  /// The services whose images it uses, by name.
  var neededServices: [ServiceName] {
    (options?.contexts ?? [:]).values.compactMap { if case .service(let name) = $0 { name } else { nil } }.sorted()
  }

  /// The same with images for services, which a builder knows nothing of.
  func withImages(of services: [ServiceName: Service]) -> BuildSpec {
    var copy = self
    for (key, source) in options?.contexts ?? [:] {
      if case .service(let name) = source, let image = services[name]?.image { copy.options?.contexts[key] = .image(image) }
    }
    return copy
  }
}
