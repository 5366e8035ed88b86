/// What a service says without writing it.
struct CanonicalService {
  let context: RenderContext

  func value(_ service: Node) -> ConfigValue {
    Canonicalizer(context: context).value(context.options.normalizes ? normalized(service) : service, .object(Forms.service))
  }

  private func normalized(_ service: Node) -> Node {
    var service = service
    if isEmpty(service["networks"]), isEmpty(service["network_mode"]), isEmpty(service["provider"]) {
      service = service.setting("networks", service.mapping(of: [("default", service.with(.null))]))
    }
    guard context.interpolates else { return service }
    let implied = impliedDependencies(service)
    guard !implied.isEmpty else { return service }
    let written = service["depends_on"].map { Forms.longDependencies($0, context) } ?? service.mapping(of: [])
    guard var dependencies = written.isNull ? Mapping() : written.mapping else { return service }
    for (name, restarts) in implied where dependencies[name] == nil {
      dependencies.set(
        name,
        service.mapping(of: [
          ("condition", service.with("service_started")), ("restart", service.with(.bool(restarts))),
          ("required", service.with(.bool(true))),
        ]))
    }
    return service.setting("depends_on", written.with(.mapping(dependencies)))
  }

  /// The services that this one cannot be without, and whether it starts again with them.
  private func impliedDependencies(_ service: Node) -> [(name: String, restarts: Bool)] {
    func texts(_ key: String) -> [String] { service[key]?.sequence?.compactMap(\.text) ?? [] }
    func first(_ text: String) -> String { String(text.prefix { $0 != ":" }) }
    let links = texts("links").map { (first($0), true) }
    let namespaces = ["network_mode", "ipc", "pid", "uts", "cgroup"].compactMap { service[$0]?.text }
      .filter { $0.hasPrefix("service:") }.map { (String($0.dropFirst(8)), true) }
    let volumes = texts("volumes_from").filter { !$0.hasPrefix("container:") }.map { (first($0), false) }
    return links + namespaces + volumes
  }

  private func isEmpty(_ node: Node?) -> Bool {
    guard let node else { return true }
    return node.isNull || node.text == "" || node.mapping?.isEmpty ?? false || node.sequence?.isEmpty ?? false
  }
}
