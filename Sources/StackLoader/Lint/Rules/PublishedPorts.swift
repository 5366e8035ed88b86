import Diagnostics
import StackModel

/// Ports of databases and of what controls machines, published to everyone; ports that are exposed for nothing.
func checkPublishedPorts(_ lint: Lint) {
  for service in lint.services {
    let ports = service["ports"]?.sequence ?? []
    var published: Set<String> = []
    for node in ports {
      guard let mappings = try? PortReader.read(node) else { continue }
      published.formUnion(mappings.map { "\($0.target)/\($0.transport.rawValue)" })
      guard let mapping = mappings.first, isForAll(mapping), let what = what(mappings, service) else { continue }
      lint.tell(
        .databaseOnAllAddresses, node.place, service,
        "\(service.subject) publishes its port \(mapping.target) of \(what) on all addresses of the host",
        hint: "services of one network reach each other without ports; for programs on the host put 127.0.0.1: before it",
        fix: onLoopback(node, service, lint.files))
    }
    for node in service["expose"]?.sequence ?? [] {
      guard let text = node.text, published.contains(text.contains("/") ? text : text + "/tcp") else { continue }
      lint.tell(.exposedTwice, node.place, service, "\(service.subject): the port \(text) is exposed and published", hint: "remove it here")
    }
  }
}

/// Ports that belong to one kind of software by long use.
private let wellKnown: [UInt16: String] = [
  1433: "SQL Server", 1521: "Oracle Database", 2375: "the Docker engine", 2379: "etcd", 3306: "MySQL", 5432: "PostgreSQL",
  5672: "AMQP", 6379: "Redis", 9042: "Cassandra", 9200: "Elasticsearch", 11211: "memcached", 27017: "MongoDB",
]

private func what(_ mappings: [PortMapping], _ service: LintedService) -> String? {
  for mapping in mappings where mapping.transport == .tcp {
    if let store = service.known?.store { return store }
    if let known = wellKnown[mapping.target] { return known }
  }
  return nil
}

private func isForAll(_ mapping: PortMapping) -> Bool {
  mapping.hostAddress == nil || mapping.hostAddress == "0.0.0.0" || mapping.hostAddress == "::"
}

/// The entry for programs on the host alone.
private func onLoopback(_ node: Node, _ service: LintedService, _ files: WrittenFiles) -> Fix? {
  let title = "publish it on 127.0.0.1 only"
  let changes = ["services.*.ports"]
  if let mapping = node.mapping {
    guard let source = files.source(node.place), let first = mapping.entries.first else { return nil }
    if let written = mapping["host_ip"] {
      return files.replace(written.place, with: "127.0.0.1").map { Fix(title, [$0], isSafe: false, changes: changes) }
    }
    let at = first.keyPlace.start
    let indentation = String(repeating: " ", count: at.column - 1)
    let isFlow = source.bytes[source.offset(node.place.start)...].first == UInt8(ascii: "{")
    let inserted = "host_ip: 127.0.0.1" + (isFlow ? ", " : source.lineEnd + indentation)
    let range = SourceRange(file: node.place.origin.file, start: at, end: at)
    return Fix(title, [TextEdit(range, inserted)], isSafe: false, changes: changes)
  }
  guard var written = files.written(node), !written.contains("\"") else { return nil }
  for all in ["0.0.0.0:", "[::]:", "::"] where written.hasPrefix(all) { written = String(written.dropFirst(all.count)) }
  // A lone port is the container's; the host's is any free one.
  let separator = written.contains(":") ? ":" : "::"
  return files.replace(node.place, with: "\"127.0.0.1\(separator)\(written)\"").map { Fix(title, [$0], isSafe: false, changes: changes) }
}
