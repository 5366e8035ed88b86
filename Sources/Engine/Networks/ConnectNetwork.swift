public import Backend
import Networking
import Reconciler
import StackModel

extension LocalBackend {
  public func connectNetwork(_ nameOrID: String, _ connection: NetworkConnection) async throws {
    let row = try await networkRow(nameOrID)
    let network = row.requested.name
    if row.requested.ipvlan != nil, connection.place?.mac != nil {
      throw EngineError(.invalid, IpvlanOptions.refusal(ofAddressOn: network))
    }
    let container = try await container(matching: connection.container)
    try await projects.alone(on: container.spec.project) {
      var spec = container.spec
      guard case .bridges(var attachments) = spec.options.network else { throw self.refusal(spec) }
      guard !attachments.contains(where: { $0.network == network }) else {
        throw EngineError(.conflict, "endpoint with name \(spec.name) already exists in network \(network)")
      }
      let place = connection.place ?? NetworkConnection.Place()
      attachments.append(try Attachment(network, place))
      spec.options.network = .bridges(attachments)
      for link in try place.externalLinks() where spec.options.externalLinks?.contains(link) != true {
        guard await self.containers.find(name: link.container) != nil else {
          throw EngineError(.notFound, "no such container: \(link.container)")
        }
        spec.options.externalLinks = (spec.options.externalLinks ?? []) + [link]
      }
      try await self.change(container, to: spec)
    }
  }

  public func disconnectNetwork(_ nameOrID: String, container name: String) async throws {
    let network = try await networkRow(nameOrID).requested.name
    let container = try await container(matching: name)
    try await projects.alone(on: container.spec.project) {
      var spec = container.spec
      guard case .bridges(let attachments) = spec.options.network else { throw self.refusal(spec) }
      let left = attachments.filter { $0.network != network }
      guard left.count < attachments.count else {
        throw EngineError(.conflict, "container \(spec.name) is not connected to network \(network)")
      }
      spec.options.network = .bridges(left)
      try await self.change(container, to: spec)
    }
  }

  private func change(_ container: Container, to spec: ContainerSpec) async throws {
    do {
      try await container.update(to: spec)
    } catch let error as NetworkingError {
      throw EngineError(error.isInvalid ? .invalid : .conflict, subject: spec.name, error.description)
    }
    generation.advance()
  }

  private func refusal(_ spec: ContainerSpec) -> EngineError {
    EngineError(
      .invalid, subject: spec.name,
      spec.options.network == .none
        ? "container cannot be connected to multiple networks with one of the networks in private (none) mode"
        : "container sharing network namespace with another container or host cannot be connected to any other network")
  }
}

extension Attachment {
  /// A place on a network, as somebody asks for it at the command line.
  fileprivate init(_ network: NetworkName, _ place: NetworkConnection.Place) throws(EngineError) {
    self.init(network: network, aliases: place.aliases ?? [], address: place.addresses?.ipv4, mac: place.mac)
    address6 = place.addresses?.ipv6
    gatewayPriority = place.gatewayPriority.flatMap { $0 == 0 ? nil : $0 }
    linkLocalAddresses = place.addresses?.linkLocal.flatMap { $0.isEmpty ? nil : $0 }
    for (key, text) in place.options ?? [:] {
      guard key == "com.docker.network.endpoint.ifname", BridgeOptions.isLinkName(text) else {
        throw EngineError(
          .invalid, "the option \(key)=\(text) of an endpoint is not supported", hint: "known is com.docker.network.endpoint.ifname=NAME")
      }
      interfaceName = text
    }
  }
}

extension NetworkConnection.Place {
  /// `CONTAINER[:ALIAS]`
  fileprivate func externalLinks() throws(EngineError) -> [ExternalLink] {
    var found: [ExternalLink] = []
    for text in links ?? [] {
      let parts = text.split(separator: ":", omittingEmptySubsequences: false).map(String.init)
      guard parts.count <= 2, parts.allSatisfy({ !$0.isEmpty }) else {
        throw EngineError(.invalid, "the link \"\(text)\" is not one", hint: "write it as CONTAINER:ALIAS")
      }
      found.append(ExternalLink(container: parts[0], alias: parts[parts.count - 1]))
    }
    return found
  }
}
