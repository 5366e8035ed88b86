import StackModel

extension ServiceDecoder {
  /// `external_links`: `CONTAINER[:ALIAS]`; nil when there are none.
  func externalLinks() -> [ExternalLink]? {
    let links = fields.each("external_links", hint: "write it as CONTAINER or CONTAINER:ALIAS") { text -> ExternalLink? in
      let parts = text.split(separator: ":", omittingEmptySubsequences: false).map(String.init)
      guard parts.count <= 2, !parts.contains("") else { return nil }
      return ExternalLink(container: parts[0], alias: parts[parts.count - 1])
    }
    return links.isEmpty ? nil : links
  }

  /// `volumes_from`: `[container:]NAME[:ro|rw]`; nil when there are none.
  func volumesFrom() -> [VolumesFrom]? {
    let sources = fields.each("volumes_from", hint: "write it as SERVICE, SERVICE:ro or container:NAME:ro", Self.volumesFrom)
    return sources.isEmpty ? nil : sources
  }

  static func volumesFrom(_ text: String) -> VolumesFrom? {
    var parts = text.split(separator: ":", omittingEmptySubsequences: false).map(String.init)
    let isContainer = parts.count > 1 && parts[0] == "container"
    if isContainer { parts.removeFirst() }
    guard (1...2).contains(parts.count), !parts[0].isEmpty, parts.count == 1 || ["ro", "rw"].contains(parts[1]) else { return nil }
    return VolumesFrom(
      source: isContainer ? .container(parts[0]) : .service(ServiceName(parts[0])), isReadOnly: parts.count > 1 && parts[1] == "ro")
  }
}
