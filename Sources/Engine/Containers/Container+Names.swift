import Networking
import Reconciler
import StackModel

extension Container {
  /// The replicas of a service share its published ports.
  nonisolated var portGroup: String? { spec.isOneOff ? nil : "\(spec.project)/\(spec.service)" }

  /// The names that lead to this container; a one-off's service name does not.
  func names(_ endpoints: [Endpoint]) -> EndpointNames {
    var names = EndpointNames(
      container: id, endpoints: endpoints, name: spec.name, service: spec.isOneOff ? nil : spec.service, project: spec.project,
      links: Dictionary(
        spec.options.links.map { ($0.alias, $0.service.rawValue) } + (spec.options.externalLinks ?? []).map { ($0.alias, $0.container) },
        uniquingKeysWith: { _, last in last }),
      isReady: record.traffic == nil && (health.map { $0.state == .healthy } ?? !hasHealthcheck), resolvers: spec.options.dns)
    if case .bridges(let attachments) = spec.options.network {
      for attachment in attachments where !attachment.aliases.isEmpty { names.aliases[attachment.network] = attachment.aliases }
    }
    return names
  }
}
