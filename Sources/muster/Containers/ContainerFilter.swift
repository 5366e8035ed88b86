import Backend
import Diagnostics
import OCI
import Reconciler
import StackModel
import Terminal

/// Docker's filters of a list of containers: values of one key are alternatives, but labels must all be there.
struct ContainerFilter {
  static let keys = [
    "ancestor", "before", "exited", "expose", "health", "id", "is-task", "label", "name", "network", "publish", "since", "status", "volume",
  ]
  private(set) var values: [String: [String]] = [:]

  init(_ texts: [String]) throws {
    for text in texts {
      let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
      guard parts.count == 2 else { throw Exit(1, "invalid filter '\(visible(text))'; write it as status=running") }
      guard Self.keys.contains(parts[0]) else {
        throw Exit(1, "invalid filter '\(visible(parts[0]))'\n  hint: there are \(Self.keys.joined(separator: ", "))")
      }
      if parts[0] == "status", !["created", "restarting", "running", "removing", "paused", "exited", "dead"].contains(parts[1]) {
        throw Exit(1, "invalid filter 'status=\(visible(parts[1]))'")
      }
      if parts[0] == "health", !["starting", "healthy", "unhealthy", "none"].contains(parts[1]) {
        throw Exit(1, "invalid filter 'health=\(visible(parts[1]))'")
      }
      if parts[0] == "exited", Int32(parts[1]) == nil { throw Exit(1, "invalid filter 'exited=\(visible(parts[1]))'") }
      values[parts[0], default: []].append(parts[1])
    }
  }

  /// Whether it is about containers that do not run, so that they are looked at too.
  var meansStopped: Bool { values["status"] != nil || values["exited"] != nil }

  /// Those that pass. Throws when `before` or `since` names none.
  func apply(to containers: [ObservedContainer]) throws -> [ObservedContainer] {
    func created(_ name: String) throws -> Int64 {
      guard let found = containers.first(where: { $0.spec.name == name || $0.id.rawValue.hasPrefix(name) }) else {
        throw Exit(1, "no such container: \(visible(name))")
      }
      return found.createdAt
    }
    let before = try values["before"].map { try $0.map(created).min() ?? .max }
    let since = try values["since"].map { try $0.map(created).max() ?? .min }
    return containers.filter { container in
      if let before, container.createdAt >= before { return false }
      if let since, container.createdAt <= since { return false }
      return values.allSatisfy { matches(container, $0.key, $0.value) }
    }
  }

  private func matches(_ container: ObservedContainer, _ key: String, _ values: [String]) -> Bool {
    let options = container.spec.options
    switch key {
    case "id": return values.contains { container.id.rawValue.hasPrefix($0) }
    case "name": return values.contains { Self.isNamed(container.spec.name, $0) }
    case "label": return PruneRequest(labels: values).matches(labels: container.spec.shownLabels, created: nil)
    case "exited": return [.exited, .dead].contains(container.state) && values.contains { Int32($0) == container.exitCode }
    case "status": return values.contains(container.state.rawValue)
    case "health": return values.contains(container.health?.rawValue ?? "none")
    case "ancestor":
      return values.contains { name in
        container.spec.image == name || container.spec.image == name + ":latest" || container.spec.image.hasPrefix(name + ":")
          || container.imageID.description.hasPrefix(name) || container.imageID.hex.hasPrefix(name)
      }
    case "volume":
      let targets = options.mounts.map(\.target) + Array(container.anonymousVolumes.keys)
      let mounts = container.mountNames
      return values.contains { targets.contains($0) || mounts.volumes.contains($0) || mounts.paths.contains($0) }
    case "network": return values.contains { container.networkNames.contains($0) }
    case "publish":
      return values.contains { text in
        container.ports.contains { $0.published != nil && Self.isPort($0.published ?? 0, $0.transport.rawValue, text) }
      }
    case "expose":
      return values.contains { text in
        container.ports.contains { Self.isPort($0.target, $0.transport.rawValue, text) }
          || options.exposedPorts.contains { port in
            let parts = port.split(separator: "/")
            return UInt16(parts[0]).map { Self.isPort($0, parts.count > 1 ? String(parts[1]) : "tcp", text) } ?? false
          }
      }
    // There are no tasks of a swarm here.
    case "is-task": return values.contains { ["false", "0"].contains($0) }
    default: return true
    }
  }

  /// A part of it; `^` and `$` are its ends, and Docker's names begin with a slash.
  private static func isNamed(_ name: String, _ text: String) -> Bool {
    var part = Substring(text)
    let (begins, ends) = (part.hasPrefix("^"), part.hasSuffix("$"))
    if begins { part.removeFirst() }
    if ends { part.removeLast() }
    if part.hasPrefix("/") { part.removeFirst() }
    return switch (begins, ends) {
    case (true, true): name == part
    case (true, false): name.hasPrefix(part)
    case (false, true): name.hasSuffix(part)
    case (false, false): part.isEmpty || name.contains(part)
    }
  }

  /// `80`, `80/udp`, `8000-8080/tcp`.
  private static func isPort(_ port: UInt16, _ transport: String, _ text: String) -> Bool {
    let parts = text.split(separator: "/").map(String.init)
    guard let range = parts.first, parts.count < 2 || parts[1] == transport, parts.count == 2 || transport == "tcp" else { return false }
    let ends = range.split(separator: "-").compactMap { UInt16($0) }
    guard let first = ends.first, let last = ends.last else { return false }
    return first <= port && port <= last
  }
}
