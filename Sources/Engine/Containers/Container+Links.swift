import Networking
import Reconciler
import StackModel

// A link to a service of one container is also a line of /etc/hosts, as Docker's links are: it is found while no engine answers names.
// With several containers the resolver gives them in turn, so there is no line.

extension Container {
  /// Alias → address of each link that leads to exactly one running container on a network of this one.
  func currentLinks(_ endpoints: [Endpoint]) async -> [String: String] {
    let external = spec.options.externalLinks ?? []
    guard !spec.options.links.isEmpty || !external.isEmpty, !endpoints.isEmpty else { return [:] }
    let networks = Set(endpoints.map(\.network))
    let others = await engine.containers.all(spec.project).filter { !$0.spec.isOneOff }
    var found: [String: String] = [:]
    for link in spec.options.links {
      var addresses: [String] = []
      for other in others where other.spec.service == link.service {
        let there = await other.runningEndpoints
        if let shared = there.first(where: { networks.contains($0.network) }) { addresses.append(shared.anyAddress) }
      }
      if addresses.count == 1 { found[link.alias] = addresses[0] }
    }
    for link in external {
      guard let other = await engine.containers.find(name: link.container) else { continue }
      let there = await other.runningEndpoints
      if let shared = there.first(where: { networks.contains($0.network) }) { found[link.alias] = shared.anyAddress }
    }
    return found
  }

  /// Its places on networks, while it runs.
  var runningEndpoints: [Endpoint] { running == nil ? [] : record.endpoints }

  /// Writes /etc/hosts anew when its links lead elsewhere.
  func refreshLinks() async {
    guard running != nil else { return }
    let links = await currentLinks(record.endpoints)
    guard running != nil, links != linkedAddresses else { return }
    linkedAddresses = links
    do {
      try files.writeHosts(spec, id: id, endpoints: record.endpoints, links: links)
    } catch {
      tell("its /etc/hosts could not be written: \(error)")
    }
  }
}

extension LocalBackend {
  /// Brings the running containers up to date that have a link to this one's service.
  func refreshLinks(to spec: ContainerSpec) async {
    guard !spec.isOneOff else { return }
    // Asked at every start and end: what has no links costs nothing.
    for container in await containers.linking() {
      let options = container.spec.options
      let isLinked = container.spec.project == spec.project && options.links.contains { $0.service == spec.service }
      if isLinked || options.externalLinks?.contains(where: { $0.container == spec.name }) == true { await container.refreshLinks() }
    }
  }
}
