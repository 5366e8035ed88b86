public import Reconciler
import StackModel

extension Table {
  /// `ps`: NAME IMAGE COMMAND SERVICE CREATED STATUS PORTS. `now` in nanoseconds since 1970.
  public static func containers(_ containers: [ObservedContainer], now: Int64, isTruncated: Bool = true) -> Table {
    Table(
      ["NAME", "IMAGE", "COMMAND", "SERVICE", "CREATED", "STATUS", "PORTS"],
      rows: containers.map { container in
        [
          container.spec.name, container.spec.image, container.commandText(isTruncated: isTruncated), container.spec.service.rawValue,
          humanAge(of: container.createdAt, now: now), container.statusText(now: now), container.portsText,
        ]
      })
  }
}

extension ObservedContainer {
  /// The state in one word: Docker's, or `stuck`.
  public var stateText: String { stuckPID == nil ? state.rawValue : "stuck" }

  /// `Up 5 seconds (healthy)`, `Stuck (process 812 does not end)`, `Exited (0) 3 minutes ago`, with `, outdated (image)` for one that is not what the
  /// stack says; `now` in nanoseconds since 1970.
  public func statusText(now: Int64) -> String {
    let text = ownStatusText(now: now)
    guard let outdated, let first = outdated.first, state != .dead else { return text }
    return text + ", outdated (\(first)\(outdated.count > 1 ? " and \(outdated.count - 1) more" : ""))"
  }

  private func ownStatusText(now: Int64) -> String {
    let code = exitCode ?? 0
    let ended = finishedAt.map { " " + humanAge(of: $0, now: now) } ?? ""
    switch state {
    case .created: return "Created"
    case .restarting: return "Restarting (\(code))\(ended)"
    case .exited: return "Exited (\(code))\(ended)"
    case .dead: return "Dead"
    case .running, .paused:
      if let stuckPID { return "Stuck (process \(stuckPID) does not end)" }
      var text = "Up " + humanDuration(now - (startedAt ?? now))
      if state == .paused {
        text += " (Paused)"
      } else {
        switch health {
        case .starting: text += " (health: starting)"
        case .healthy: text += " (healthy)"
        case .unhealthy: text += " (unhealthy)"
        case nil: break
        }
      }
      if let remark { text += ", \(remark)" }
      return text
    }
  }

  /// `0.0.0.0:8080->80/tcp, 443/tcp`: published ports while the container is up, then those that are only exposed.
  public var portsText: String {
    guard state == .running || state == .paused else { return "" }
    let published = (ports.isEmpty ? spec.options.ports : ports).sorted { ($0.target, $0.published ?? 0) < ($1.target, $1.published ?? 0) }
    var texts = published.map(\.dockerText)
    let targets = Set(published.map { "\($0.target)/\($0.transport.rawValue)" })
    for exposed in spec.options.exposedPorts {
      let text = exposed.contains("/") ? exposed : exposed + "/tcp"
      if !targets.contains(text), !texts.contains(text) { texts.append(text) }
    }
    return texts.joined(separator: ", ")
  }

  func commandText(isTruncated: Bool) -> String {
    guard !command.isEmpty else { return "" }
    let text = command.joined(separator: " ")
    return "\"\(isTruncated ? text.truncated(to: 20) : text)\""
  }
}

extension PortMapping {
  /// `0.0.0.0:8080->80/tcp`.
  fileprivate var dockerText: String {
    guard let published else { return "\(target)/\(transport.rawValue)" }
    let address = hostAddress.map { $0.contains(":") ? "[\($0)]" : $0 } ?? "0.0.0.0"
    return "\(address):\(published)->\(target)/\(transport.rawValue)"
  }
}
